/// What a publisher sends: where its sound comes from and how it is encoded.
package struct PublisherAudio: Sendable, Equatable {
    package enum Source: Sendable, Equatable {
        /// The input device.
        case device
        /// A WAV file (16-bit PCM or 32-bit float, any rate, any number of channels). Its path was checked by the
        /// caller.
        case file(path: String, loop: Bool)
        /// A sine of −12 dBFS.
        case tone(hertz: Double)
        case silence
    }

    /// What Opus tunes for (RFC 6716 section 2.1.9 and libopus' OPUS_APPLICATION_…).
    package enum Application: Sendable, Equatable {
        case voice
        case music
        /// Neither: without the 4 ms that Opus needs to choose between its two coders, and without copies in band.
        case lowDelay
    }

    package var source: Source
    /// Payload bits per second, 6000…510 000.
    package var bitrate: Int
    /// 1 or 2.
    package var channels: Int
    /// 5, 10, 20, 40 or 60.
    package var frameMilliseconds: Int
    package var application: Application
    /// Redundant copies in band (LBRR, RFC 6716 section 2.1.7); they cost nothing while the expected loss is 0.
    package var forwardErrorCorrection: Bool
    /// While nothing is to be heard, next to nothing is sent (DTX, RFC 7587 section 3.1.3): a packet every 400 ms.
    package var isDiscontinuous: Bool

    package init(
        source: Source = .device, bitrate: Int = 48_000, channels: Int = 1, frameMilliseconds: Int = 20,
        application: Application = .voice, forwardErrorCorrection: Bool = true, isDiscontinuous: Bool = false
    ) {
        self.source = source
        self.bitrate = bitrate
        self.channels = channels
        self.frameMilliseconds = frameMilliseconds
        self.application = application
        self.forwardErrorCorrection = forwardErrorCorrection
        self.isDiscontinuous = isDiscontinuous
    }
}
