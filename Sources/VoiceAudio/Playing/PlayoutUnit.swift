import Transport

/// Turns one stream's packets into blocks of sound: jitter buffer, decoder, and what smooths the seams between them.
///
/// - *Concealment* is the decoder's own (it goes on with the pitch), faded out between 60 and 160 ms because what goes
///   on longer sounds like a machine; sound that returns is faded in.
/// - *The delay* is brought to the jitter buffer's target where nobody hears it: a quiet frame is shortened at once,
///   or preceded by 10 ms made up; speech is touched only when the excess is 40 ms (at most every 100 ms; each frame
///   from 200 ms on), or when the delay was too short for a second.
package struct PlayoutUnit: ~Copyable {
    private static var fadeStart: Int { 2880 }
    private static var fadeLength: Int { 4800 }
    /// Mean square below which a frame is quiet whatever was before: −52 dBFS.
    private static var quietEnergy: Float { 6.3e-6 }
    /// … or this much below what the stream's speech has: −20 dB.
    private static var quietShare: Float { 0.01 }
    private static var trimExcess: Int { 720 }
    private static var loudTrimExcess: Int { 1920 }
    private static var urgentTrimExcess: Int { 9600 }
    private static var loudTrimPause: Int { 4800 }
    private static var growDeficit: Int { 240 }
    private static var growPatience: Int { 48_000 }

    package let channels: Int
    package var jitterBuffer = JitterBuffer()
    private var decoder: VoiceDecoder
    private var queue: SampleQueue
    /// Frames made up in a row.
    private var concealedRun = 0
    /// Slowly falling mean square of the loudest frames.
    private var speechEnergy: Float = 0
    private var sinceTrim = 0
    private var shortFor = 0
    private var fadeGain: Float = 1

    /// Frames put out since the first packet, and those among them that were made up.
    package private(set) var playedFrames = 0
    package private(set) var concealedFrames = 0
    /// Packets that the decoder refused.
    package private(set) var undecodable = 0

    /// Makes the decoder, for 1 or 2 channels.
    package static func make(channels: Int) throws(AudioError) -> PlayoutUnit {
        PlayoutUnit(decoder: try VoiceDecoder.make(channels: channels))
    }

    private init(decoder: consuming VoiceDecoder) {
        channels = decoder.channels
        self.decoder = decoder
        queue = SampleQueue(channels: channels, capacity: VoiceDecoder.maximumSamples + 4 * AudioLimits.blockSamples)
    }

    /// Puts the next block of 10 ms, whose first sample is needed at `time`, into `block` (interleaved).
    @_noAllocation @_noLocks
    package mutating func render(into block: UnsafeMutablePointer<Float>, at time: MonotonicTime) {
        while queue.count < AudioLimits.blockSamples {
            let queued = Int64(queue.count) * 62_500 / 3
            step(at: time.later(by: queued))
        }
        queue.take(AudioLimits.blockSamples, into: block)
    }

    /// Appends the outcome of one decision to the queue.
    @_noAllocation @_noLocks
    private mutating func step(at time: MonotonicTime) {
        switch jitterBuffer.next(at: time) {
        case .decode(let packet, let excess, let isJump):
            play(packet, excess: excess, isJump: isJump)
        case .recover(let packet, let samples):
            if let frames = decoder.recover(before: packet.payload, samples: samples, into: queue.end) {
                finishSpeech(frames)
            } else {
                conceal(samples)
            }
        case .conceal(let samples):
            conceal(samples)
        case .silence(let samples):
            queue.appendSilence(samples)
            if playedFrames > 0 { playedFrames += samples }
            fadeGain = 0
        }
    }

    @_noAllocation @_noLocks
    private mutating func play(_ packet: StoredPacket, excess: Int, isJump: Bool) {
        if excess <= -PlayoutUnit.growDeficit { grow(by: -excess) } else { shortFor = 0 }
        if isJump { fadeGain = 0 }
        guard let frames = decoder.decode(packet.payload, into: queue.end) else {
            undecodable += 1
            conceal(packet.duration)
            return
        }
        finishSpeech(trimmed(frames, excess: excess))
    }

    /// Puts 10 ms in front when that is not heard, or has been needed for a second.
    @_noAllocation @_noLocks
    private mutating func grow(by deficit: Int) {
        shortFor += AudioLimits.blockSamples * 2
        let isQuiet = lastEnergy < max(PlayoutUnit.quietEnergy, speechEnergy * PlayoutUnit.quietShare)
        guard isQuiet || concealedRun > 0 || shortFor > PlayoutUnit.growPatience else { return }
        shortFor = 0
        if let frames = decoder.conceal(samples: AudioLimits.blockSamples, into: queue.end) {
            queue.append(frames)
            playedFrames += frames
            concealedFrames += frames
        }
    }

    private var lastEnergy: Float = 0

    /// Shortens the frame at the queue's end if it is time to; its length then.
    @_noAllocation @_noLocks
    private mutating func trimmed(_ frames: Int, excess: Int) -> Int {
        lastEnergy = LevelMeter.energy(queue.end, count: frames * channels)
        speechEnergy = max(lastEnergy, speechEnergy * 0.995)
        sinceTrim += frames
        let isQuiet = lastEnergy < max(PlayoutUnit.quietEnergy, speechEnergy * PlayoutUnit.quietShare)
        let isDue =
            isQuiet
            ? excess >= PlayoutUnit.trimExcess
            : excess >= PlayoutUnit.urgentTrimExcess
                || excess >= PlayoutUnit.loudTrimExcess && sinceTrim >= PlayoutUnit.loudTrimPause
        guard isDue else { return frames }
        let removed = DelayTrimmer.trim(
            queue.end, frames: frames, channels: channels, excess: excess, isQuiet: isQuiet)
        if removed > 0 { sinceTrim = 0 }
        return frames - removed
    }

    /// Counts decoded frames at the queue's end, faded in when sound was gone before.
    @_noAllocation @_noLocks
    private mutating func finishSpeech(_ frames: Int) {
        if fadeGain < 1 {
            var ramp = GainRamp(fadeGain)
            ramp.apply(1, to: queue.end, frames: min(frames, AudioLimits.blockSamples), channels: channels)
            fadeGain = 1
        }
        concealedRun = 0
        queue.append(frames)
        playedFrames += frames
    }

    /// Makes up frames, fading as they go on.
    @_noAllocation @_noLocks
    private mutating func conceal(_ samples: Int) {
        let before = PlayoutUnit.concealmentGain(concealedRun)
        concealedRun += samples
        let after = PlayoutUnit.concealmentGain(concealedRun)
        playedFrames += samples
        concealedFrames += samples
        fadeGain = min(fadeGain, after)
        guard before > 0, let frames = decoder.conceal(samples: samples, into: queue.end) else {
            queue.appendSilence(samples)
            return
        }
        var ramp = GainRamp(before)
        ramp.apply(after, to: queue.end, frames: frames, channels: channels)
        queue.append(frames)
        if frames < samples { queue.appendSilence(samples - frames) }
    }

    @_noAllocation @_noLocks
    private static func concealmentGain(_ run: Int) -> Float {
        1 - min(max(Float(run - fadeStart) / Float(fadeLength), 0), 1)
    }
}
