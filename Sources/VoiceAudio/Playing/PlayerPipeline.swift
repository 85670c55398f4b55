import MediaIO
import RTP
import Synchronization
import Transport

/// One player as the audio thread sees it: its playout, its volume, and the file that it goes to, if any. Made and
/// freed by the device helper.
struct PlayerPipeline: ~Copyable {
    private let cells: UnsafeMutablePointer<PlayerCells>
    private var unit: PlayoutUnit
    private var tap: FileTap?
    /// Of the file.
    private let tapChannels: Int
    private var gain = GainRamp(0)
    private var meter = LevelMeter()
    private var detector = VoiceActivityDetector()
    private let block: UnsafeMutablePointer<Float>
    private let fileBlock: UnsafeMutablePointer<Float>
    private var energies = EnergyGatherer()
    private var fileWhole = BlockGatherer()
    /// The next block fades out and is its last.
    var isLeaving = false

    /// Makes the decoders.
    /// - Parameter tapChannels: of the file that `tap` leads to.
    static func make(
        tap: FileTap?, tapChannels: Int, cells: UnsafeMutablePointer<PlayerCells>
    ) throws(AudioError) -> PlayerPipeline {
        PlayerPipeline(try PlayoutUnit.make(channels: 2), tap, tapChannels, cells)
    }

    private init(
        _ unit: consuming PlayoutUnit, _ tap: FileTap?, _ tapChannels: Int, _ cells: UnsafeMutablePointer<PlayerCells>
    ) {
        self.cells = cells
        self.tap = tap
        self.tapChannels = tapChannels
        let room = 2 * AudioLimits.blockSamples
        block = .allocate(capacity: room)
        block.initialize(repeating: 0, count: room)
        fileBlock = .allocate(capacity: room)
        fileBlock.initialize(repeating: 0, count: room)
        self.unit = unit
    }

    deinit {
        block.deallocate()
        fileBlock.deallocate()
    }

    /// The machine stood still until now; see ``JitterBuffer/noteStall(until:)``.
    @_noAllocation @_noLocks
    mutating func noteStall(until moment: MonotonicTime) {
        unit.jitterBuffer.noteStall(until: moment)
    }

    /// Takes a packet that the media thread received.
    @_noAllocation @_noLocks
    mutating func receive(_ frame: ReceivedFrame, _ payload: UnsafeRawBufferPointer) {
        switch frame.encoding {
        case .opus:
            insert(frame, payload)
        case .red:
            receiveRedundant(frame, payload)
        }
    }

    /// The new block first, so that the redundant ones are placed relative to it.
    @_noAllocation @_noLocks
    private mutating func receiveRedundant(_ frame: ReceivedFrame, _ payload: UnsafeRawBufferPointer) {
        guard var primary = REDReader(payload), var redundant = REDReader(payload) else {
            unit.jitterBuffer.countMalformed()
            return
        }
        while let block = primary.next() {
            if block.isPrimary { insert(frame, block.data) }
        }
        while let block = redundant.next() {
            if !block.isPrimary {
                unit.jitterBuffer.insertRedundant(
                    timestampOffset: Int(block.timestampOffset), sequenceNumber: frame.sequenceNumber,
                    timestamp: frame.timestamp, arrival: frame.arrival, payload: block.data)
            }
        }
    }

    @_noAllocation @_noLocks
    private mutating func insert(_ frame: ReceivedFrame, _ payload: UnsafeRawBufferPointer) {
        _ = unit.jitterBuffer.insert(
            sequenceNumber: frame.sequenceNumber, timestamp: frame.timestamp, arrival: frame.arrival, payload: payload)
    }

    /// It plays a stream in two channels into the mix.
    var isStereo: Bool {
        @_noAllocation @_noLocks get { unit.channels == 2 && tap == nil }
    }

    /// Makes the next block, of `frames`, and adds it to the mix, or puts it into the file.
    /// - Parameters:
    ///   - channels: of the mix.
    ///   - allowsStereo: whether the mix can have two.
    @_noAllocation @_noLocks
    mutating func render(
        into mix: UnsafeMutablePointer<Float>, channels: Int, allowsStereo: Bool, frames: Int, at time: MonotonicTime
    ) {
        unit.allowsStereo = tap == nil ? allowsStereo : tapChannels == 2
        unit.jitterBuffer.setRange(
            minimumMilliseconds: cells.pointee.minimumBuffer.load(ordering: .relaxed),
            maximumMilliseconds: cells.pointee.maximumBuffer.load(ordering: .relaxed))
        unit.render(into: block, at: time, frames: frames)
        let volume = Float(cells.pointee.volume.load(ordering: .relaxed)) / 100
        let isMuted = cells.pointee.isMuted.load(ordering: .relaxed)
        let count = frames * unit.channels
        gain.apply(isMuted || isLeaving ? 0 : volume, to: block, frames: frames, channels: unit.channels)
        if let energy = energies.add(LevelMeter.energy(block, count: count), frames: frames) {
            meter.measure(energy: energy)
            detector.process(energy: energy)
        }
        if tap != nil {
            ChannelMapping.map(
                block, channels: unit.channels, to: fileBlock, channels: tapChannels, frames: frames)
            if let whole = fileWhole.add(fileBlock, frames: frames, channels: tapChannels) { tap?.write(whole) }
        } else {
            ChannelMapping.add(block, channels: unit.channels, to: mix, channels: channels, frames: frames)
        }
        tell()
    }

    @_noAllocation @_noLocks
    private func tell() {
        let counters = unit.jitterBuffer.counters
        cells.pointee.soundLevel.store(meter.soundLevel, ordering: .relaxed)
        cells.pointee.voiceActivity.store(detector.isActive, ordering: .relaxed)
        cells.pointee.bufferDelayMicroseconds.store(Int(unit.jitterBuffer.delay / 1000), ordering: .relaxed)
        cells.pointee.decodeDelayMicroseconds.store(Int(unit.decodeDelay / 1000), ordering: .relaxed)
        cells.pointee.targetDelayMicroseconds.store(Int(unit.jitterBuffer.target / 1000), ordering: .relaxed)
        cells.pointee.driftPartsPerMillion.store(Int32(unit.driftPartsPerMillion), ordering: .relaxed)
        cells.pointee.packetsReceived.store(counters.received, ordering: .relaxed)
        cells.pointee.packetsLost.store(counters.lost, ordering: .relaxed)
        cells.pointee.packetsLate.store(counters.late, ordering: .relaxed)
        cells.pointee.packetsDuplicated.store(counters.duplicated, ordering: .relaxed)
        cells.pointee.packetsRecovered.store(counters.recovered, ordering: .relaxed)
        cells.pointee.packetsMalformed.store(counters.malformed + unit.undecodable, ordering: .relaxed)
        cells.pointee.samplesPlayed.store(unit.playedFrames, ordering: .relaxed)
        cells.pointee.samplesConcealed.store(unit.concealedFrames, ordering: .relaxed)
    }
}
