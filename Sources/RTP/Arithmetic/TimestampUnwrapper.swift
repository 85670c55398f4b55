/// Turns 32-bit RTP timestamps, or extended sequence numbers of reports, into 64-bit ones that do not wrap: each is taken as
/// the one nearest to the last.
@frozen
package struct TimestampUnwrapper: Sendable {
    @usableFromInline var previous: Int64?

    /// The timestamp unwrapped last; nil before the first.
    @inlinable
    package var last: Int64? { @_noAllocation @_noLocks get { previous } }

    @_noAllocation @_noLocks
    @inlinable
    package init() {
        previous = nil
    }

    /// The unwrapped timestamp nearest to the last one given, which it becomes.
    @_noAllocation @_noLocks
    @inlinable
    package mutating func unwrap(_ timestamp: UInt32) -> Int64 {
        let unwrapped = peek(timestamp)
        previous = unwrapped
        return unwrapped
    }

    /// The same without remembering.
    @_noAllocation @_noLocks
    @inlinable
    package func peek(_ timestamp: UInt32) -> Int64 {
        guard let last else { return Int64(timestamp) }
        return last + Int64(timestamp.serialDistance(from: UInt32(truncatingIfNeeded: last)))
    }
}
