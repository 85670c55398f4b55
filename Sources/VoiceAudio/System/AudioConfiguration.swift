/// What an ``AudioSystem`` is made with: the `[audio]` section of the daemon's configuration.
package struct AudioConfiguration: Sendable, Equatable {
    /// Where sound comes from: an ALSA PCM name, `null`, `tone:440`, `file:/path.wav` (looped), `loopback`.
    package var input: String
    /// Where sound goes: an ALSA PCM name, `null`, `file:/path.wav`, `loopback`.
    package var output: String
    /// The card's period in milliseconds, 2…40.
    package var periodMilliseconds: Int
    /// The shortest periods and blocks, 2.5 ms, whatever ``periodMilliseconds`` says: the least delay at the price of
    /// four times as many turns of the audio thread.
    package var isLowDelay: Bool
    /// SCHED_FIFO priority of the audio thread, 1…99; 0: do not ask.
    package var realtimePriority: Int
    /// Channels captured, 1 or 2.
    package var inputChannels: Int
    /// Channels of files that are written, 1 or 2. A card gets what is played: two channels while a stream that has two is
    /// played and it has two itself, else one, copied to both sides of it.
    package var outputChannels: Int
    /// What is done to the sound of an input that is a card.
    package var processing: CaptureProcessing
    /// Opus complexity, 0…10; nil: 9, or 5 on a machine with one processor.
    package var complexity: Int?

    package init(
        input: String = "default", output: String = "default", periodMilliseconds: Int = 10, realtimePriority: Int = 70,
        inputChannels: Int = 1, outputChannels: Int = 1, processing: CaptureProcessing = .none,
        complexity: Int? = nil, isLowDelay: Bool = false
    ) {
        self.input = input
        self.output = output
        self.periodMilliseconds = periodMilliseconds
        self.realtimePriority = realtimePriority
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.processing = processing
        self.complexity = complexity
        self.isLowDelay = isLowDelay
    }

    /// Frames of the period that cards are asked for.
    package var periodFrames: Int { isLowDelay ? 120 : periodMilliseconds * 48 }

    /// Frames that are mixed at once: 10 ms, and 2.5 where the period is shorter. What is heard at a block's end must have
    /// come before its beginning, so a long block is a queue of its own.
    package var blockFrames: Int { periodFrames >= 480 ? 480 : 120 }

    /// Frames that are taken from a card that captures at once: as many of 10, 5 or 2.5 ms as a period has. They wait for
    /// the rest of the encoder's frame anyway.
    package var captureFrames: Int { periodFrames >= 480 ? 480 : periodFrames >= 240 ? 240 : 120 }
}
