/// Serial-number arithmetic (RFC 1982; RFC 3550 appendix A.1 uses it implicitly) on numbers that wrap around.
extension UInt16 {
    /// The way from `earlier` to this number, −32768…32767; positive if this one is newer.
    @_noAllocation @_noLocks
    @inlinable
    package func serialDistance(from earlier: UInt16) -> Int {
        Int(Int16(bitPattern: self &- earlier))
    }

    /// Whether this sequence number comes after `other`; numbers exactly half the circle apart are not newer.
    @_noAllocation @_noLocks
    @inlinable
    package func isSerialNewer(than other: UInt16) -> Bool {
        serialDistance(from: other) > 0
    }
}

extension UInt32 {
    /// The way from `earlier` to this number, −2³¹…2³¹−1; positive if this one is newer.
    @_noAllocation @_noLocks
    @inlinable
    package func serialDistance(from earlier: UInt32) -> Int {
        Int(Int32(bitPattern: self &- earlier))
    }

    /// Whether this timestamp comes after `other`; timestamps exactly half the circle apart are not newer.
    @_noAllocation @_noLocks
    @inlinable
    package func isSerialNewer(than other: UInt32) -> Bool {
        serialDistance(from: other) > 0
    }
}
