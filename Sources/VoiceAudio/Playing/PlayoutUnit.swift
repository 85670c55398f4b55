import RTP
import Transport

/// Turns one stream's packets into blocks of sound: jitter buffer, decoder, and what smooths the seams between them.
///
/// - *Concealment* is the decoder's own (it goes on with the pitch), faded out between 60 and 160 ms because what goes
///   on longer sounds like a machine; sound that returns is faded in. Where packets are skipped, 5 ms made up lead from
///   what was heard to what comes, because the decoder joins made-up sound and real sound without a step.
/// - *The delay* is brought to the jitter buffer's target by stretching what has been decoded and was not played yet
///   (``StretchPolicy``, ``TimeStretcher``); while it is too long, packets that are there are decoded ahead of their
///   time, so that there is enough to choose a good place from.
/// - *The clocks* of the far end and of the card here are brought together by ``DriftCorrector`` and
///   ``PlayoutResampler``.
package struct PlayoutUnit: ~Copyable {
    private static var fadeStart: Int { 2880 }
    private static var fadeLength: Int { 4800 }
    /// Mean square below which a frame is quiet whatever was before: −52 dBFS.
    private static var quietEnergy: Float { 6.3e-6 }
    /// … or this much below what the stream's speech has: −20 dB.
    private static var quietShare: Float { 0.01 }
    /// Made up in front of a packet that does not continue what was heard, and to end what nothing follows.
    private static var bridge: Int { 240 }
    /// What a decoder conceals at least, and in multiples of.
    private static var shortestConcealment: Int { 120 }
    /// Frames to choose from while the delay is too long: 30 ms.
    private static var outlook: Int { 1440 }

    /// Of what it puts out: one, until a packet comes that is coded in two.
    package private(set) var channels = 1
    /// Whether it may put out two.
    package var allowsStereo = true
    package var jitterBuffer = JitterBuffer()
    private var mono: VoiceDecoder
    private var stereo: VoiceDecoder?
    private var queue: SampleQueue
    private var policy = StretchPolicy()
    private var stretcher = TimeStretcher()
    private var corrector = DriftCorrector()
    private var resampler: PlayoutResampler
    /// Frames made up in a row.
    private var concealedRun = 0
    /// Slowly falling mean square of the loudest frames.
    private var speechEnergy: Float = 0
    private var fadeGain: Float = 1
    /// Whether what was put out last is sound that must not break off.
    private var isSounding = false
    private var restarts = 0

    /// Frames put out since the first packet, and those among them that were made up.
    package private(set) var playedFrames = 0
    package private(set) var concealedFrames = 0
    /// Frames that time-stretching took away and added.
    package private(set) var removedFrames = 0
    package private(set) var addedFrames = 0
    /// Packets that the decoder refused.
    package private(set) var undecodable = 0
    /// The part of ``JitterBuffer/delay`` that the sound of the packet decoded last waited after that for its turn in
    /// the mix, ns: behind what was decoded before it, for the rest of the stretcher's outlook, and for the samples that
    /// the resampler looks ahead. Before that it waited as a packet.
    package private(set) var decodeDelay: Int64 = 0

    /// Makes the decoders.
    /// - Parameter channels: 1: streams of two channels come out as their mean; 2: as they are.
    package static func make(channels: Int) throws(AudioError) -> PlayoutUnit {
        let mono = try VoiceDecoder.make(channels: 1)
        return PlayoutUnit(mono, channels == 2 ? try VoiceDecoder.make(channels: 2) : nil)
    }

    private init(_ mono: consuming VoiceDecoder, _ stereo: consuming VoiceDecoder?) {
        let most = stereo == nil ? 1 : 2
        self.mono = mono
        self.stereo = stereo
        resampler = PlayoutResampler(channels: 1, most: most)
        queue = SampleQueue(
            channels: 1,
            capacity: VoiceDecoder.maximumSamples + PlayoutUnit.outlook + 2 * AudioLimits.blockSamples
                + TimeStretcher.longestLag, most: most)
    }

    /// By how much the far clock is faster than the card here, in millionths, as far as is known.
    package var driftPartsPerMillion: Double {
        @_noAllocation @_noLocks get { corrector.drift * 1e6 }
    }

    /// Puts the next block, whose first sample is needed at `time`, into `block` (interleaved).
    /// - Parameter frames: its length, at most ``AudioLimits/blockSamples``.
    @_noAllocation @_noLocks
    package mutating func render(
        into block: UnsafeMutablePointer<Float>, at time: MonotonicTime, frames: Int = AudioLimits.blockSamples
    ) {
        jitterBuffer.pullStep = Int64(frames) * 62_500 / 3
        while queue.count < resampler.demand(frames: frames, correction: corrector.correction)
            || policy.isBehind && queue.count < PlayoutUnit.outlook && jitterBuffer.hasNext
        {
            step(at: time, queued: Int64(queue.count + resampler.pending) * 62_500 / 3, frames: frames)
        }
        resampler.render(from: &queue, correction: corrector.correction, into: block, frames: frames)
    }

    /// Appends the outcome of one decision to the queue.
    /// - Parameter queued: how much sound there is from `time` on, ns.
    @_noAllocation @_noLocks
    private mutating func step(at time: MonotonicTime, queued: Int64, frames: Int) {
        let wanted = resampler.demand(frames: frames, correction: corrector.correction) - queue.count
        switch jitterBuffer.next(at: time.later(by: queued), wanted: wanted) {
        case .decode(let packet, let excess, let isJump):
            decodeDelay = min(queued, max(jitterBuffer.delay, 0))
            let isStereo = channels == 1 && allowsStereo && stereo != nil && OpusPacket.isStereo(packet.payload)
            if jitterBuffer.counters.restarts != restarts {
                beginAnew()
            } else if isJump, !isStereo {
                conceal(PlayoutUnit.bridge)
            }
            if isStereo { becomeStereo() }
            play(packet, excess: excess)
        case .recover(let packet, let samples):
            if let frames = recover(before: packet.payload, samples: samples) {
                finishSpeech(frames)
            } else {
                conceal(samples)
            }
        case .conceal(let samples):
            conceal(samples)
        case .comfort(let samples):
            comfort(samples)
        case .silence(let samples):
            let faded = endSoftly(within: samples)
            queue.appendSilence(max(samples - faded, 0))
            if playedFrames > 0 { playedFrames += max(samples - faded, 0) }
            fadeGain = 0
        }
    }

    /// Another sender, or the same with a fresh encoder: what was heard ends softly, and nothing of the old signal (the
    /// decoder's memory, what was learned of the other clock) goes into the new one.
    @_noAllocation @_noLocks
    private mutating func beginAnew() {
        restarts = jitterBuffer.counters.restarts
        _ = endSoftly(within: PlayoutUnit.bridge)
        corrector.reset()
        if channels == 2 { stereo?.reset() } else { mono.reset() }
        concealedRun = 0
        speechEnergy = 0
        if playedFrames > 0 { fadeGain = 0 }
    }

    /// A packet that is coded in two channels: from now on the other decoder works, and where this is not the beginning,
    /// what it does not know of is faded over.
    @_noAllocation @_noLocks
    private mutating func becomeStereo() {
        if isSounding {
            _ = endSoftly(within: PlayoutUnit.bridge)
            fadeGain = 0
        }
        queue.becomeStereo()
        resampler.becomeStereo()
        channels = 2
    }

    // MARK: The decoder of the moment

    @_noAllocation @_noLocks
    private mutating func decode(_ packet: UnsafeRawBufferPointer) -> Int? {
        channels == 2 ? stereo?.decode(packet, into: queue.end) : mono.decode(packet, into: queue.end)
    }

    @_noAllocation @_noLocks
    private mutating func recover(before packet: UnsafeRawBufferPointer, samples: Int) -> Int? {
        channels == 2
            ? stereo?.recover(before: packet, samples: samples, into: queue.end)
            : mono.recover(before: packet, samples: samples, into: queue.end)
    }

    @_noAllocation @_noLocks
    private mutating func makeUp(_ samples: Int) -> Int? {
        channels == 2
            ? stereo?.conceal(samples: samples, into: queue.end) : mono.conceal(samples: samples, into: queue.end)
    }

    // MARK: -

    /// Lets the sound run out over 5 ms, or `samples` if these are fewer; the frames that this took.
    @_noAllocation @_noLocks
    private mutating func endSoftly(within samples: Int) -> Int {
        guard isSounding else { return 0 }
        isSounding = false
        let step = PlayoutUnit.shortestConcealment
        let wanted = max(min(samples, PlayoutUnit.bridge) / step * step, step)
        guard let frames = makeUp(wanted) else { return 0 }
        var ramp = GainRamp(PlayoutUnit.concealmentGain(concealedRun))
        ramp.apply(0, to: queue.end, frames: frames, channels: channels)
        queue.append(frames)
        playedFrames += frames
        return frames
    }

    @_noAllocation @_noLocks
    private mutating func play(_ packet: StoredPacket, excess: Int) {
        guard let frames = decode(packet.payload) else {
            undecodable += 1
            conceal(packet.duration)
            return
        }
        let energy = LevelMeter.energy(queue.end, count: frames * channels)
        speechEnergy = max(energy, speechEnergy * 0.995)
        let isQuiet = energy < max(PlayoutUnit.quietEnergy, speechEnergy * PlayoutUnit.quietShare)
        finishSpeech(frames)
        corrector.update(excess: excess, frames: frames)
        stretch(policy.decide(excess: excess, isQuiet: isQuiet, frames: frames), isQuiet: isQuiet, frames: frames)
    }

    /// In a pause the new frame alone is changed, because what waits before it may be speech.
    @_noAllocation @_noLocks
    private mutating func stretch(_ order: StretchPolicy.Order, isQuiet: Bool, frames: Int) {
        guard order.samples != 0 else { return }
        let region = isQuiet ? min(frames, queue.count) : queue.count
        let start = queue.start + (queue.count - region) * channels
        let change = stretcher.apply(order, to: start, frames: region, channels: channels)
        guard change != 0 else { return }
        queue.stretch(by: change)
        playedFrames += change
        if change > 0 { addedFrames += change } else { removedFrames -= change }
        policy.changed()
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
        isSounding = true
        queue.append(frames)
        playedFrames += frames
    }

    /// Goes on with the noise that the decoder has learned of the far room.
    @_noAllocation @_noLocks
    private mutating func comfort(_ samples: Int) {
        playedFrames += samples
        let whole = samples / PlayoutUnit.shortestConcealment * PlayoutUnit.shortestConcealment
        guard whole > 0, let frames = makeUp(whole) else {
            return queue.appendSilence(samples)
        }
        isSounding = true
        queue.append(frames)
        if frames < samples { queue.appendSilence(samples - frames) }
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
        isSounding = after > 0
        guard before > 0, let frames = makeUp(samples) else {
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
