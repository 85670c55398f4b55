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
    private(set) var time = MonotonicTime.zero
    private var queued = 0

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
            queued += step(at: time.advanced(byNanoseconds: Int64(queued) * 62_500 / 3))
        }
        queued -= AudioLimits.blockSamples
        time = time.advanced(byMilliseconds: 10)
    }

    private mutating func step(at moment: MonotonicTime) -> Int {
        switch buffer.next(at: moment) {
        case .decode(let packet, let excess, _):
            decoded.append(packet.sequence & 0xFFFF)
            self.excess = excess
            return packet.duration
        case .recover(_, let samples):
            recovered += 1
            return samples
        case .conceal(let samples):
            concealedSamples += samples
            return samples
        case .silence(let samples):
            silentSamples += samples
            return samples
        }
    }
}
