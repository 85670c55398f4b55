import RTP
import Transport

/// The way to one peer while it is in doubt what it takes: its packets are numbered, and its feedback tells how much gets
/// through. Made when the doubt begins; nothing allocates per packet.
final class Downlink {
    /// Until a publisher who was told something sends by it.
    private static let reaction: Int64 = 400_000_000
    /// Who has not answered by then does not answer: long ways take a second.
    private static let firstAnswer: Int64 = 3_000_000_000
    private static let longestSilence: Int64 = 10_000_000_000
    /// Packets that are sent before silence is one.
    private static let fewestPackets = 100

    var path: PathEstimate
    private let began: MonotonicTime
    private var heard: MonotonicTime?
    private var unanswered = 0

    init(firstNumber: UInt16, now: MonotonicTime) {
        path = PathEstimate(firstNumber: firstNumber, reaction: Self.reaction)
        began = now
    }

    /// A packet goes out under the next number.
    func packetSent(stream: UInt8, sequenceNumber: UInt16, bytes: Int, now: MonotonicTime) {
        path.packetSent(stream: stream, sequenceNumber: sequenceNumber, bytes: bytes, nowNanoseconds: now.nanoseconds)
        unanswered += 1
    }

    func feedbackArrived(now: MonotonicTime) {
        heard = now
        unanswered = 0
    }

    /// The peer does not tell what came.
    func isDeaf(now: MonotonicTime) -> Bool {
        guard unanswered >= Self.fewestPackets else { return false }
        guard let heard else { return now.nanoseconds(since: began) > Self.firstAnswer }
        return now.nanoseconds(since: heard) > Self.longestSilence
    }
}
