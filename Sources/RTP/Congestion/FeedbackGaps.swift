/// Finds the losses that stand between two packets of transport-wide feedback: one begins at an arrival, so that the losses
/// before it show in the gap alone. Where a packet of feedback itself was lost, which its count tells, nothing is known of
/// the gap.
package struct FeedbackGaps: Sendable {
    /// A longer gap is a far end that began anew.
    private static let longest: UInt16 = 512

    private var last: (count: UInt8, end: UInt16)?

    package init() {}

    /// Takes the next feedback; the numbers before its own that were lost.
    package mutating func lost(before feedback: TransportFeedback) -> Numbers {
        defer {
            last = (
                feedback.feedbackCount,
                feedback.baseSequenceNumber &+ UInt16(truncatingIfNeeded: feedback.packetCount)
            )
        }
        guard let last, last.count &+ 1 == feedback.feedbackCount else { return Numbers(number: 0, end: 0) }
        let gap = feedback.baseSequenceNumber &- last.end
        guard gap <= Self.longest else { return Numbers(number: 0, end: 0) }
        return Numbers(number: last.end, end: feedback.baseSequenceNumber)
    }

    /// Transport-wide sequence numbers in a row, across the end of the numbers too.
    package struct Numbers: Sequence, IteratorProtocol, Sendable {
        fileprivate var number: UInt16
        fileprivate let end: UInt16

        package mutating func next() -> UInt16? {
            guard number != end else { return nil }
            defer { number &+= 1 }
            return number
        }
    }
}
