import Transport
import VoiceAudio

/// Drives a ``JitterBuffer`` in virtual time as the audio thread would, block by block, and notes what it says.
struct Listener: ~Copyable {
    var buffer = JitterBuffer()
    private(set) var decoded: [Int64] = []
    private(set) var recovered = 0
    private(set) var concealedSamples = 0
    private(set) var silentSamples = 0
    private(set) var excess = 0
    /// Whether time is stretched as the policy asks, by pitch periods of 7 ms, in speech with 400 ms of pause in each second.
    var stretches = false
    private var policy = StretchPolicy()
    private(set) var removedSamples = 0
    private(set) var addedSamples = 0
    /// Over all decoded packets, ms.
    private(set) var delays: [Double] = []
    private(set) var targets: [Double] = []
    /// Follows the sender's clock as a resampler would; nil: not at all.
    var corrector: DriftCorrector?
    private(set) var time = MonotonicTime.zero
    private var queued = 0
    private var remainder = 0.0

    mutating func insert(_ packet: VirtualPacket) -> Insertion {
        packet.payload.withUnsafeBytes { bytes in
            buffer.insert(
                sequenceNumber: packet.sequence, timestamp: packet.timestamp, arrival: packet.arrival, payload: bytes)
        }
    }

    /// Lets the packets arrive and pulls a block every 10 ms until `end`.
    mutating func listen(to packets: [VirtualPacket], until end: MonotonicTime) {
        var waiting = packets[...]
        while time < end {
            while let packet = waiting.first, packet.arrival <= time {
                _ = insert(packet)
                waiting.removeFirst()
            }
            pull()
        }
    }

    /// Pulls one block.
    mutating func pull() {
        while queued < AudioLimits.blockSamples {
            queued += step(
                at: time.advanced(byNanoseconds: Int64(queued) * 62_500 / 3))
        }
        queued -= AudioLimits.blockSamples
        remainder += Double(AudioLimits.blockSamples) * (corrector?.correction ?? 0)
        let whole = Int(remainder)
        queued -= whole
        remainder -= Double(whole)
        time = time.advanced(byMilliseconds: 10)
    }

    private mutating func step(at moment: MonotonicTime) -> Int {
        switch buffer.next(at: moment, wanted: AudioLimits.blockSamples - queued) {
        case .decode(let packet, let excess, _):
            decoded.append(packet.sequence & 0xFFFF)
            self.excess = excess
            delays.append(Double(buffer.delay) / 1e6)
            targets.append(Double(buffer.target) / 1e6)
            corrector?.update(excess: excess, frames: packet.duration)
            return packet.duration + (stretches ? stretch(packet, excess) : 0)
        case .recover(_, let samples):
            recovered += 1
            return samples
        case .conceal(let samples):
            concealedSamples += samples
            return samples
        case .comfort(let samples), .silence(let samples):
            silentSamples += samples
            return samples
        }
    }

    /// What ``TimeStretcher`` would do.
    private mutating func stretch(_ packet: StoredPacket, _ excess: Int) -> Int {
        let isQuiet = packet.timestamp % 48_000 >= 28_800
        let order = policy.decide(excess: excess, isQuiet: isQuiet, frames: packet.duration)
        let period = 336
        var change = 0
        if order.samples > 0 {
            change = -min(order.samples, packet.duration - 240)
            if !isQuiet { change = change <= -period ? -period : 0 }
        } else if order.samples < 0 {
            change = isQuiet ? min(-order.samples, 480) : period
        }
        if change != 0 { policy.changed() }
        if change < 0 { removedSamples -= change } else { addedSamples += change }
        return change
    }
}
