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
    /// Blocks made in one turn at most: what a card wants after a stand-still, without starving the other direction.
    private static var blocksPerTurn: Int { 16 }

    let cells: UnsafeMutablePointer<SystemCells>
    let publisherCells: UnsafeMutablePointer<PublisherCells>
    let playerCells: UnsafeMutablePointer<PlayerCells>
    let commands: SPSCRing.Consumer
    let results: SPSCRing.Producer
    let resultsReady: EventFD.Signaller
    let received: SPSCRing.Consumer
    let encoded: EncodedFrameOutput

    /// Frames that are mixed at once, and captured where that is not from a card.
    let block: Int
    var capture: UnsafeMutablePointer<CaptureUnit>?
    var playback: UnsafeMutablePointer<PlaybackUnit>?
    let publishers: UnsafeMutablePointer<UnsafeMutablePointer<PublisherPipeline>?>
    let players: UnsafeMutablePointer<UnsafeMutablePointer<PlayerPipeline>?>

    var metronome: Metronome
    private let descriptors: UnsafeMutablePointer<pollfd>
    private var turns: UInt64 = 0

    let captured: UnsafeMutablePointer<Float>
    var capturedSamples: UInt64 = 0
    var captureGain = GainRamp(1)
    var captureMeter = LevelMeter()
    var captureEnergy = EnergyGatherer()
    /// The last sample of each side that was captured, and whether what comes next comes from elsewhere.
    var captureEnd: (left: Float, right: Float) = (0, 0)
    var isCaptureNew = true

    /// What takes echo and noise out of the captured sound; nil for none.
    var processor: UnsafeMutablePointer<CaptureProcessor>?
    /// The one before: its sound goes over into that of the new one within one block.
    var formerProcessor: UnsafeMutablePointer<CaptureProcessor>?
    var isProcessorNew = false
    /// From giving a block to the output device until it is heard, nanoseconds.
    var renderDelay: Int64 = 0
    /// For two versions of a captured block.
    let scratch: UnsafeMutablePointer<Float>

    let recordings: UnsafeMutablePointer<RecordingTap?>
    /// Whether one of them takes what is said.
    var isSpeechRecorded = false
    /// What is said by this side, two channels.
    let said: UnsafeMutablePointer<Float>
    /// For those that take 10 ms at once.
    var saidWhole = BlockGatherer()
    var heardWhole = BlockGatherer()
    var fileWhole = BlockGatherer()
    var echoWhole = BlockGatherer()

    /// Of the mix where it goes to what is not a card: 1 or 2.
    var outputChannels: Int
    /// Of the mix at present.
    var mixChannels: Int
    let mix: UnsafeMutablePointer<Float>
    var mixedAt = MonotonicTime.zero
    var speakerGain = GainRamp(1)
    var limiter: Limiter

    init(
        cells: AudioCells, commands: SPSCRing.Consumer, results: SPSCRing.Producer,
        resultsReady: EventFD.Signaller, received: SPSCRing.Consumer,
        encoded: SPSCRing.Producer, encodedReady: EventFD.Signaller, outputChannels: Int, block: Int
    ) {
        self.block = block
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
        metronome = Metronome(start: MonotonicTime.now(), block: block)
        descriptors = .allocate(capacity: AudioLoop.descriptorRoom)
        descriptors.initialize(repeating: pollfd(), count: AudioLoop.descriptorRoom)
        captured = .allocate(capacity: 2 * AudioLimits.blockSamples)
        captured.initialize(repeating: 0, count: 2 * AudioLimits.blockSamples)
        scratch = .allocate(capacity: 2 * AudioLimits.blockSamples)
        scratch.initialize(repeating: 0, count: 2 * AudioLimits.blockSamples)
        recordings = .allocate(capacity: AudioLimits.recordings)
        recordings.initialize(repeating: nil, count: AudioLimits.recordings)
        said = .allocate(capacity: 2 * AudioLimits.blockSamples)
        said.initialize(repeating: 0, count: 2 * AudioLimits.blockSamples)
        self.outputChannels = outputChannels
        mixChannels = outputChannels
        mix = .allocate(capacity: 2 * AudioLimits.blockSamples)
        mix.initialize(repeating: 0, count: 2 * AudioLimits.blockSamples)
        limiter = Limiter(channels: outputChannels)
    }

    /// The helper has taken everything back before (see ``DeviceHelper/stop()``).
    deinit {
        publishers.deallocate()
        players.deallocate()
        descriptors.deallocate()
        captured.deallocate()
        scratch.deallocate()
        recordings.deallocate()
        said.deallocate()
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
            metronome.restart(at: now.later(by: AudioLimits.blockNanoseconds))
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
            if let lookAt = playback.pointee.card?.pacing.lookAt { limit = min(limit, lookAt.elapsed(since: now)) }
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
        if nanoseconds > AudioLimits.blockNanoseconds { cells.pointee.lateBlocks.add(1, ordering: .relaxed) }
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
                renderDelay = Int64(unit.pointee.card?.delay ?? 0) * 62_500 / 3
                render(at: time)
                if unit.pointee.fade(mix, frames: block, channels: mixChannels), leave(unit) { return }
                if processor != nil, let whole = echoWhole.add(mix, frames: block, channels: mixChannels) {
                    processor?.pointee.render(whole, channels: mixChannels)
                }
                outcome = unit.pointee.card?.put(mix, channels: mixChannels, now: now) ?? .fine
            }
            switch outcome {
            case .fine: break
            case .recovered: cells.pointee.outputXruns.add(1, ordering: .relaxed)
            case .failed(let code): return giveBack(unit, code)
            }
        }
        if signalled, !worked { unit.pointee.card?.pacing.backOff(now: now) }
        let delay = unit.pointee.card?.delayMicroseconds ?? 0
        cells.pointee.playbackDelayMicroseconds.store(delay + Limiter.delayMicroseconds, ordering: .relaxed)
    }

    @_noAllocation @_noLocks
    private mutating func record(_ unit: UnsafeMutablePointer<CaptureUnit>, signalled: Bool, now: MonotonicTime) {
        var worked = false
        for _ in 0..<AudioLoop.blocksPerTurn {
            // Echo, noise and gain are taken care of in blocks of 10 ms.
            let whole = AudioLimits.blockSamples
            let frames = processor == nil && formerProcessor == nil ? unit.pointee.card?.block ?? whole : whole
            guard let outcome = unit.pointee.card?.service(now: now, block: frames) else { break }
            switch outcome {
            case .fine:
                worked = true
                let time = unit.pointee.card?.take(into: captured, frames: frames) ?? now
                process(frames: frames, channels: unit.pointee.channels, captureTime: time)
            case .recovered:
                isCaptureNew = true
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
        metronome.restart(at: realtimeNow())
        cells.pointee.playbackDelayMicroseconds.store(SystemCells.unknown, ordering: .relaxed)
    }

    /// A card that is let go of has played its last sound: it goes back, unless the ring of results is full.
    @_noAllocation @_noLocks
    private mutating func leave(_ unit: UnsafeMutablePointer<PlaybackUnit>) -> Bool {
        giveBack(unit, 0)
        return playback == nil
    }

    @_noAllocation @_noLocks
    private mutating func giveBack(_ unit: UnsafeMutablePointer<CaptureUnit>, _ code: Int32) {
        guard tell(.capture(unit, code: code)) else { return }
        capture = nil
        isCaptureNew = true
        metronome.restart(at: realtimeNow())
        cells.pointee.captureDelayMicroseconds.store(SystemCells.unknown, ordering: .relaxed)
    }
}
