import RTP
import Transport

/// The way to one peer while it is in doubt what it takes: its packets are numbered, and its feedback tells how much gets
/// through. The first is made with the peer's first subscription, a later one when the doubt begins; nothing allocates per
/// packet.
final class Downlink {
    /// Until a publisher who was told something sends by it.
    private static let reaction: Int64 = 400_000_000

    var path: PathEstimate

    /// - Parameter streams: that go over it.
    init(firstNumber: UInt16, streams: Int) {
        path = PathEstimate(firstNumber: firstNumber, reaction: Self.reaction, streams: streams)
    }

    /// A packet goes out under the next number.
    func packetSent(stream: UInt8, sequenceNumber: UInt16, bytes: Int, now: MonotonicTime) {
        path.packetSent(stream: stream, sequenceNumber: sequenceNumber, bytes: bytes, nowNanoseconds: now.nanoseconds)
    }
}
