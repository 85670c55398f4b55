/// Network byte order over raw memory. The caller has checked the bounds (debug builds check again); nothing here
/// allocates, so the audio thread and the forwarder may use it.
extension UnsafeRawBufferPointer {
    @_noAllocation @_noLocks
    @inlinable
    package func bigEndianUInt16(at offset: Int) -> UInt16 {
        UInt16(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    @_noAllocation @_noLocks
    @inlinable
    package func bigEndianUInt32(at offset: Int) -> UInt32 {
        UInt32(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    @_noAllocation @_noLocks
    @inlinable
    package func bigEndianUInt64(at offset: Int) -> UInt64 {
        UInt64(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// The `count` bytes from `offset` on, as a buffer of its own.
    @_noAllocation @_noLocks
    @inlinable
    package func part(_ offset: Int, _ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[offset..<offset + count])
    }
}

extension UnsafeMutableRawBufferPointer {
    @_noAllocation @_noLocks
    @inlinable
    package func storeBigEndian(_ value: UInt16, at offset: Int) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt16.self)
    }

    @_noAllocation @_noLocks
    @inlinable
    package func storeBigEndian(_ value: UInt32, at offset: Int) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt32.self)
    }

    @_noAllocation @_noLocks
    @inlinable
    package func storeBigEndian(_ value: UInt64, at offset: Int) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt64.self)
    }

    /// The `count` bytes from `offset` on, as a buffer of its own.
    @_noAllocation @_noLocks
    @inlinable
    package func part(_ offset: Int, _ count: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: self[offset..<offset + count])
    }
}
