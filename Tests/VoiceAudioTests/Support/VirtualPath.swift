import Transport

/// A packet on its way through a virtual network.
struct VirtualPacket {
    var sequence: UInt16
    var timestamp: UInt32
    var arrival: MonotonicTime
    var payload: [UInt8]
}

/// Sends packets every `interval` and says when each arrives.
struct VirtualPath {
    /// Delay in ms of packet `index`; nil: lost.
    var delay: (Int) -> Double?
    var firstSequence: UInt16 = 100
    var firstTimestamp: UInt32 = 5000
    var frameSamples = 960

    /// The packets of a stream in the order of their arrival; `payloads` are sent one per frame from `start` on.
    func arrivals(_ payloads: [[UInt8]], start: MonotonicTime = .zero) -> [VirtualPacket] {
        var packets: [VirtualPacket] = []
        for (index, payload) in payloads.enumerated() {
            guard let delay = delay(index) else { continue }
            let sent = start.advanced(byNanoseconds: Int64(index * frameSamples) * 62_500 / 3)
            packets.append(
                VirtualPacket(
                    sequence: firstSequence &+ UInt16(truncatingIfNeeded: index),
                    timestamp: firstTimestamp &+ UInt32(truncatingIfNeeded: index * frameSamples),
                    arrival: sent.advanced(byNanoseconds: Int64(delay * 1_000_000)), payload: payload))
        }
        return packets.sorted { $0.arrival < $1.arrival }
    }
}

/// Packets that only look like Opus: enough for what does not decode.
enum MockPacket {
    /// A CELT packet of 20 ms.
    static let plain: [UInt8] = [0xF8, 1, 2, 3]
    /// A SILK packet of 20 ms that claims to carry the frame before it.
    static let redundant: [UInt8] = [0x48, 0x40, 2, 3]
}
