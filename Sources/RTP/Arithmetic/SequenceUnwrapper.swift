/// Turns 16-bit sequence numbers into 64-bit ones that do not wrap: each is taken as the one nearest to the last.
///
/// The first number keeps its value, so that unwrapped numbers can be negative when earlier packets come late.
@frozen
package struct SequenceUnwrapper: Sendable {
    @usableFromInline var previous: Int64?

    /// The number unwrapped last; nil before the first.
    @inlinable
    package var last: Int64? { @_noAllocation @_noLocks get { previous } }

    @_noAllocation @_noLocks
    @inlinable
    package init() {
        previous = nil
    }

    /// The unwrapped number nearest to the last one given, which it becomes.
    @_noAllocation @_noLocks
    @inlinable
    package mutating func unwrap(_ sequenceNumber: UInt16) -> Int64 {
        let unwrapped = peek(sequenceNumber)
        previous = unwrapped
        return unwrapped
    }

    /// The same without remembering.
    @_noAllocation @_noLocks
    @inlinable
    package func peek(_ sequenceNumber: UInt16) -> Int64 {
        guard let last else { return Int64(sequenceNumber) }
        return last + Int64(sequenceNumber.serialDistance(from: UInt16(truncatingIfNeeded: last)))
    }
}
