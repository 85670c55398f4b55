import CALSA
import Glibc
import MediaIO
import Synchronization
import Transport

/// What the audio thread does: all its state, and the turn that it repeats until it is told to stop. See
/// ``AudioThread`` for the why. Everything here is plain memory taken before the first turn.
struct AudioLoop: ~Copyable {
    /// Polled descriptors: of a capture and of a playback PCM.
    private static var descriptorRoom: Int { 2 * CardPacing.maximumDescriptors }
    /// It turns at least this often, so that commands are taken and the heartbeat goes on while cards pace it.
    private static var longestWait: Int64 { 20_000_000 }
    /// A mix that comes so much later than the one before means that the machine stood still; the media thread, which
    /// is less urgent, has caught up a little after this one.
    private static var standstill: Int64 { 50_000_000 }
    private static var aftermath: Int64 { 20_000_000 }
    /// Blocks made in one turn at most: what a card wants after a stand-still, without starving the other direction.
    private static var blocksPerTurn: Int { 16 }

    private let cells: UnsafeMutablePointer<SystemCells>
    private let publisherCells: UnsafeMutablePointer<PublisherCells>
    private let playerCells: UnsafeMutablePointer<PlayerCells>
    private let commands: SPSCRing.Consumer
    private let results: SPSCRing.Producer
    private let resultsReady: EventFD.Signaller
    private let received: SPSCRing.Consumer
    private let encoded: EncodedFrameOutput

    private var capture: UnsafeMutablePointer<CaptureUnit>?
    private var playback: UnsafeMutablePointer<PlaybackUnit>?
    private let publishers: UnsafeMutablePointer<UnsafeMutablePointer<PublisherPipeline>?>
    private let players: UnsafeMutablePointer<UnsafeMutablePointer<PlayerPipeline>?>

    private var metronome: Metronome
    private let descriptors: UnsafeMutablePointer<pollfd>
    private var turns: UInt64 = 0

    private let captured: UnsafeMutablePointer<Float>
    private var capturedSamples: UInt64 = 0
    private var captureGain = GainRamp(1)
    private var captureMeter = LevelMeter()

    private let mixChannels: Int
    private let mix: UnsafeMutablePointer<Float>
    private var mixedAt = MonotonicTime.zero
    private var speakerGain = GainRamp(1)
    private var limiter: Limiter

    init(
        cells: AudioCells, commands: SPSCRing.Consumer, results: SPSCRing.Producer,
        resultsReady: EventFD.Signaller, received: SPSCRing.Consumer,
        encoded: SPSCRing.Producer, encodedReady: EventFD.Signaller, mixChannels: Int
    ) {
        self.cells = cells.system
        publisherCells = cells.publishers
        playerCells = cells.players
        self.commands = commands
        self.results = results
        self.resultsReady = resultsReady
        self.received = received
        self.encoded = EncodedFrameOutput(ring: encoded, ready: encodedReady, dropped: cells.system)
        publishers = .allocate(capacity: AudioLimits.publisherChannels)
        publishers.initialize(repeating: nil, count: AudioLimits.publisherChannels)
        players = .allocate(capacity: AudioLimits.playerSlots)
        players.initialize(repeating: nil, count: AudioLimits.playerSlots)
        metronome = Metronome(start: MonotonicTime.now())
        descriptors = .allocate(capacity: AudioLoop.descriptorRoom)
        descriptors.initialize(repeating: pollfd(), count: AudioLoop.descriptorRoom)
        captured = .allocate(capacity: 2 * AudioLimits.blockSamples)
        captured.initialize(repeating: 0, count: 2 * AudioLimits.blockSamples)
        self.mixChannels = mixChannels
        mix = .allocate(capacity: 2 * AudioLimits.blockSamples)
        mix.initialize(repeating: 0, count: 2 * AudioLimits.blockSamples)
        limiter = Limiter(channels: mixChannels)
    }

    /// The helper has taken everything back before (see ``DeviceHelper/stop()``).
    deinit {
        publishers.deallocate()
        players.deallocate()
        descriptors.deallocate()
        captured.deallocate()
        mix.deallocate()
    }

    /// Turns until it is told to stop.
    @_noAllocation @_noLocks
    mutating func run() {
        while !cells.pointee.isStopping.load(ordering: .acquiring) {
            turn()
        }
    }

    /// Waits for the next thing to do and does it.
    @_noAllocation @_noLocks
    private mutating func turn() {
        takeCommands()
        let signals = wait()
        let now = realtimeNow()
        turns += 1
        cells.pointee.heartbeat.store(turns, ordering: .relaxed)
        if turns % 64 == 0 { cells.pointee.processorNanoseconds.store(realtimeProcessorTime(), ordering: .relaxed) }

        // The loudspeaker first: its deadline is the nearer one.
        if let playback, playback.pointee.isCard { play(playback, signalled: signals.playback, now: now) }
        if let capture, capture.pointee.isCard { record(capture, signalled: signals.capture, now: now) }
        if isTimed {
            while let tick = metronome.tick(now: now) {
                noteLateness(now.elapsed(since: tick))
                timedBlock(at: tick)
            }
        } else {
            metronome = Metronome(start: now.later(by: AudioLimits.blockNanoseconds))
        }
    }

    /// Whether a direction has no card to pace it.
    private var isTimed: Bool {
        @_noAllocation @_noLocks get {
            if let capture, capture.pointee.isCard, let playback, playback.pointee.isCard { return false }
            return true
        }
    }

    // MARK: Waiting

    /// Waits for the cards and the metronome; which cards have something.
    @_noAllocation @_noLocks
    private mutating func wait() -> (capture: Bool, playback: Bool) {
        let now = realtimeNow()
        var limit = isTimed ? metronome.next.elapsed(since: now) : AudioLoop.longestWait
        var captureCount: UInt32 = 0
        var playbackCount: UInt32 = 0
        if let capture, let pcm = capture.pointee.card?.device.pcm,
            let pollAfter = capture.pointee.card?.pacing.pollAfter
        {
            if pollAfter.elapsed(since: now) > 0 {
                limit = min(limit, pollAfter.elapsed(since: now))
            } else {
                captureCount = fill(pcm, at: 0)
            }
        }
        if let playback, let pcm = playback.pointee.card?.device.pcm,
            let pollAfter = playback.pointee.card?.pacing.pollAfter
        {
            if pollAfter.elapsed(since: now) > 0 {
                limit = min(limit, pollAfter.elapsed(since: now))
            } else {
                playbackCount = fill(pcm, at: captureCount)
            }
        }
        let count = calsa_wait(descriptors, captureCount + playbackCount, limit)
        guard count > 0 else { return (false, false) }
        var isCaptureReady = false
        var isPlaybackReady = false
        if captureCount > 0, let pcm = capture?.pointee.card?.device.pcm {
            isCaptureReady = hasEvents(pcm, at: 0, count: captureCount)
        }
        if playbackCount > 0, let pcm = playback?.pointee.card?.device.pcm {
            isPlaybackReady = hasEvents(pcm, at: captureCount, count: playbackCount)
        }
        return (isCaptureReady, isPlaybackReady)
    }

    /// Puts a PCM's descriptors at `offset`; how many.
    @_noAllocation @_noLocks
    private func fill(_ pcm: OpaquePointer, at offset: UInt32) -> UInt32 {
        let count = calsa_poll_descriptors(pcm, descriptors + Int(offset), UInt32(CardPacing.maximumDescriptors))
        return UInt32(max(count, 0))
    }

    @_noAllocation @_noLocks
    private func hasEvents(_ pcm: OpaquePointer, at offset: UInt32, count: UInt32) -> Bool {
        var events: UInt16 = 0
        let code = calsa_poll_events(pcm, descriptors + Int(offset), count, &events)
        // An error of the call itself shows at the next look at the card.
        return code < 0 || events != 0
    }

    @_noAllocation @_noLocks
    private func noteLateness(_ nanoseconds: Int64) {
        let lateness = Int(nanoseconds)
        cells.pointee.wakeUps.add(1, ordering: .relaxed)
        cells.pointee.wakeUpLatenessNanoseconds.add(lateness, ordering: .relaxed)
        if lateness > cells.pointee.worstWakeUpLatenessNanoseconds.load(ordering: .relaxed) {
            cells.pointee.worstWakeUpLatenessNanoseconds.store(lateness, ordering: .relaxed)
        }
    }

    // MARK: Cards

    @_noAllocation @_noLocks
    private mutating func play(_ unit: UnsafeMutablePointer<PlaybackUnit>, signalled: Bool, now: MonotonicTime) {
        var worked = false
        for _ in 0..<AudioLoop.blocksPerTurn {
            guard var outcome = unit.pointee.card?.service(now: now) else { break }
            if case .fine = outcome, let time = unit.pointee.card?.pullTime(now: now) {
                worked = true
                render(at: time)
                outcome = unit.pointee.card?.put(mix, now: now) ?? .fine
            }
            switch outcome {
            case .fine: break
            case .recovered: cells.pointee.outputXruns.add(1, ordering: .relaxed)
            case .failed(let code): return giveBack(unit, code)
            }
        }
        if signalled, !worked { unit.pointee.card?.pacing.backOff(now: now) }
        let delay = unit.pointee.card?.delay ?? 0
        cells.pointee.playbackDelayMicroseconds.store(delay * 125 / 6, ordering: .relaxed)
    }

    @_noAllocation @_noLocks
    private mutating func record(_ unit: UnsafeMutablePointer<CaptureUnit>, signalled: Bool, now: MonotonicTime) {
        var worked = false
        for _ in 0..<AudioLoop.blocksPerTurn {
            guard let outcome = unit.pointee.card?.service(now: now) else { break }
            switch outcome {
            case .fine:
                worked = true
                let time = unit.pointee.card?.take(into: captured) ?? now
                process(channels: unit.pointee.channels, captureTime: time)
            case .recovered:
                cells.pointee.inputXruns.add(1, ordering: .relaxed)
            case .failed(let code):
                return giveBack(unit, code)
            }
        }
        if signalled, !worked { unit.pointee.card?.pacing.backOff(now: now) }
        let delay = unit.pointee.card?.delayMicroseconds ?? 0
        cells.pointee.captureDelayMicroseconds.store(delay, ordering: .relaxed)
    }

    /// A card failed: the metronome takes over from it. (With a full ring of results the card is tried once more.)
    @_noAllocation @_noLocks
    private mutating func giveBack(_ unit: UnsafeMutablePointer<PlaybackUnit>, _ code: Int32) {
        guard tell(.playback(unit, code: code)) else { return }
        playback = nil
        metronome = Metronome(start: realtimeNow())
        cells.pointee.playbackDelayMicroseconds.store(0, ordering: .relaxed)
    }

    @_noAllocation @_noLocks
    private mutating func giveBack(_ unit: UnsafeMutablePointer<CaptureUnit>, _ code: Int32) {
        guard tell(.capture(unit, code: code)) else { return }
        capture = nil
        metronome = Metronome(start: realtimeNow())
        cells.pointee.captureDelayMicroseconds.store(0, ordering: .relaxed)
    }

    // MARK: Blocks

    /// The directions that have no card. The mix comes first, so that a loop-back captures it without delay.
    @_noAllocation @_noLocks
    private mutating func timedBlock(at tick: MonotonicTime) {
        var isLooped = false
        if let playback {
            isLooped = playback.pointee.isLoopback
            if !playback.pointee.isCard {
                render(at: tick)
                if playback.pointee.tap != nil { playback.pointee.tap?.write(mix) }
            }
        } else {
            render(at: tick)
        }
        if let capture {
            if !capture.pointee.isCard {
                if capture.pointee.isLoopback, !isLooped {
                    clearSamples(captured, 2 * AudioLimits.blockSamples)
                } else {
                    capture.pointee.fill(captured, loopback: mix, loopbackChannels: mixChannels)
                }
                process(channels: capture.pointee.channels, captureTime: tick)
            }
        } else {
            clearSamples(captured, 2 * AudioLimits.blockSamples)
            process(channels: 1, captureTime: tick)
        }
    }

    /// One captured block goes to the publishers.
    @_noAllocation @_noLocks
    private mutating func process(channels: Int, captureTime: MonotonicTime) {
        let isMuted = cells.pointee.isMicrophoneMuted.load(ordering: .relaxed)
        let volume = Float(cells.pointee.captureVolume.load(ordering: .relaxed)) / 100
        captureGain.apply(isMuted ? 0 : volume, to: captured, frames: AudioLimits.blockSamples, channels: channels)
        captureMeter.measure(captured, count: AudioLimits.blockSamples * channels)
        cells.pointee.capturedSoundLevel.store(captureMeter.soundLevel, ordering: .relaxed)

        let timestamp = UInt32(truncatingIfNeeded: capturedSamples)
        capturedSamples += UInt64(AudioLimits.blockSamples)
        for channel in 0..<AudioLimits.publisherChannels {
            guard let publisher = publishers[channel] else { continue }
            let ended = publisher.pointee.process(
                block: captured, blockChannels: channels, timestamp: timestamp, captureTime: captureTime, to: encoded)
            if ended { _ = tell(.sourceEnded(channel: channel)) }
        }
    }

    /// Makes the next block of the mix, whose first sample is wanted at `time`.
    @_noAllocation @_noLocks
    private mutating func render(at time: MonotonicTime) {
        noteStandstill()
        takeReceived()
        let count = AudioLimits.blockSamples * mixChannels
        clearSamples(mix, count)
        for slot in 0..<AudioLimits.playerSlots {
            players[slot]?.pointee.render(into: mix, at: time)
        }
        let isMuted = cells.pointee.isSpeakerMuted.load(ordering: .relaxed)
        speakerGain.apply(isMuted ? 0 : 1, to: mix, frames: AudioLimits.blockSamples, channels: mixChannels)
        limiter.process(mix, frames: AudioLimits.blockSamples)
    }

    /// Before the packets are taken that have waited meanwhile.
    @_noAllocation @_noLocks
    private mutating func noteStandstill() {
        let now = realtimeNow()
        if mixedAt.nanoseconds > 0, now.elapsed(since: mixedAt) > AudioLoop.standstill {
            for slot in 0..<AudioLimits.playerSlots {
                players[slot]?.pointee.noteStall(until: now.later(by: AudioLoop.aftermath))
            }
        }
        mixedAt = now
    }

    // MARK: Rings

    @_noAllocation @_noLocks
    private mutating func takeReceived() {
        while let packet = received.peek() {
            let frame = packet.receivedFrame.pointee
            let length = min(Int(frame.payloadLength), packet.payload.count)
            if Int(frame.slot) < AudioLimits.playerSlots, let player = players[Int(frame.slot)] {
                player.pointee.receive(frame, UnsafeRawBufferPointer(start: packet.payload.baseAddress, count: length))
            } else {
                cells.pointee.strayReceivedFrames.add(1, ordering: .relaxed)
            }
            received.release()
        }
    }

    /// Carries out what the helper asked for. Each command gives at most one thing back, so none is begun without room
    /// for its result.
    @_noAllocation @_noLocks
    private mutating func takeCommands() {
        while let command = commands.peek(), results.reserve() != nil {
            switch command.command.pointee {
            case .setCapture(let unit):
                if let former = capture { _ = tell(.capture(former, code: 0)) }
                capture = unit
                metronome = Metronome(start: realtimeNow())
                cells.pointee.captureDelayMicroseconds.store(0, ordering: .relaxed)
            case .setPlayback(let unit):
                if let former = playback { _ = tell(.playback(former, code: 0)) }
                playback = unit
                metronome = Metronome(start: realtimeNow())
                cells.pointee.playbackDelayMicroseconds.store(0, ordering: .relaxed)
            case .setPublisher(let channel, let pipeline):
                let former = publishers[channel]
                publishers[channel] = pipeline
                publisherCells[channel].isRunning.store(pipeline != nil, ordering: .relaxed)
                if pipeline == nil { publisherCells[channel].soundLevel.store(0, ordering: .relaxed) }
                // Last: who waits for it sees the cells as they are now.
                if let former { _ = tell(.publisher(channel: channel, former)) }
            case .setPlayer(let slot, let pipeline):
                let former = players[slot]
                players[slot] = pipeline
                playerCells[slot].isRunning.store(pipeline != nil, ordering: .relaxed)
                if pipeline == nil { playerCells[slot].soundLevel.store(0, ordering: .relaxed) }
                if let former { _ = tell(.player(slot: slot, former)) }
            }
            commands.release()
        }
    }

    @_noAllocation @_noLocks
    private func tell(_ result: AudioResult) -> Bool {
        guard let slot = results.reserve() else { return false }
        slot.result.pointee = result
        results.commit()
        resultsReady.signal()
        return true
    }
}
