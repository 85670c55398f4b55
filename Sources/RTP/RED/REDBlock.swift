/// One block of a RED payload (RFC 2198): a primary or redundant encoding. A view of memory that somebody else owns.
@frozen
package struct REDBlock {
    /// The most that a redundant block can be older than the primary one: 14 bits.
    @inlinable
    package static var maximumTimestampOffset: UInt32 { @_noAllocation @_noLocks get { 0x3FFF } }
    /// The most bytes of a redundant block: 10 bits.
    @inlinable
    package static var maximumRedundantLength: Int { @_noAllocation @_noLocks get { 0x3FF } }

    /// The payload type of the encoding inside.
    package let payloadType: UInt8
    /// How much earlier than the packet's timestamp, in timestamp units; 0 for the primary block.
    package let timestampOffset: UInt32
    /// The last block of the packet, which is the new one.
    package let isPrimary: Bool
    package let data: UnsafeRawBufferPointer

    /// A redundant block to be written.
    @_noAllocation @_noLocks
    @inlinable
    package init(payloadType: UInt8, timestampOffset: UInt32, data: UnsafeRawBufferPointer) {
        self.init(payloadType: payloadType, timestampOffset: timestampOffset, isPrimary: false, data: data)
    }

    /// The primary block to be written.
    @_noAllocation @_noLocks
    @inlinable
    package init(primaryPayloadType payloadType: UInt8, data: UnsafeRawBufferPointer) {
        self.init(payloadType: payloadType, timestampOffset: 0, isPrimary: true, data: data)
    }

    @_noAllocation @_noLocks
    @inlinable
    init(payloadType: UInt8, timestampOffset: UInt32, isPrimary: Bool, data: UnsafeRawBufferPointer) {
        self.payloadType = payloadType
        self.timestampOffset = timestampOffset
        self.isPrimary = isPrimary
        self.data = data
    }
}
