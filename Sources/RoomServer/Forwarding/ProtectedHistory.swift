import RTP
import Transport

/// The last packets of one listener's stream as they were sent: a NACK is answered with the very same bytes, because
/// protecting other bytes under the same index would give the key of AES-GCM away.
///
/// A ring of bytes of fixed size, and a small table by sequence number. About a second of voice fits.
package final class ProtectedHistory {
    private struct Entry {
        var sequenceNumber: UInt16 = 0
        var length: UInt16 = 0
        /// Position in the ring, counted on without end; 0 length: empty entry.
        var position: UInt64 = 0
        var lastResent = MonotonicTime(nanoseconds: .min)
    }

    private static let byteCapacity = 16_384
    private static let entryCount = 128
    /// A packet is not sent again sooner than this: a listener that asks twice in a row has crossed its own answer.
    private static let resendMilliseconds: Int64 = 10

    private let bytes = UnsafeMutableRawBufferPointer.allocate(
        byteCount: ProtectedHistory.byteCapacity, alignment: 64)
    private var entries = [Entry](repeating: Entry(), count: ProtectedHistory.entryCount)
    private var end: UInt64 = 0

    package init() {}

    deinit {
        bytes.deallocate()
    }

    package func store(_ packet: UnsafeRawBufferPointer, sequenceNumber: UInt16) {
        guard packet.count <= Self.byteCapacity else { return }
        // A packet lies in one piece: skip the end of the ring if it would not fit there.
        var offset = Int(end % UInt64(Self.byteCapacity))
        if offset + packet.count > Self.byteCapacity {
            end += UInt64(Self.byteCapacity - offset)
            offset = 0
        }
        bytes.part(offset, packet.count).copyMemory(from: packet)
        entries[Int(sequenceNumber) % Self.entryCount] = Entry(
            sequenceNumber: sequenceNumber, length: UInt16(packet.count), position: end)
        end += UInt64(packet.count)
    }

    /// The packet, if it is still there and was not sent again just now. Valid until the next ``store(_:sequenceNumber:)``.
    package func take(_ sequenceNumber: UInt16, now: MonotonicTime) -> Lookup {
        let index = Int(sequenceNumber) % Self.entryCount
        let entry = entries[index]
        guard entry.length > 0, entry.sequenceNumber == sequenceNumber,
            end - entry.position <= UInt64(Self.byteCapacity)
        else { return .gone }
        guard now >= entry.lastResent.advanced(byMilliseconds: Self.resendMilliseconds) else { return .resentJustNow }
        entries[index].lastResent = now
        let offset = Int(entry.position % UInt64(Self.byteCapacity))
        return .packet(UnsafeRawBufferPointer(bytes.part(offset, Int(entry.length))))
    }

    /// What is known of a packet that a listener misses.
    package enum Lookup {
        case packet(UnsafeRawBufferPointer)
        case resentJustNow
        /// Too old, or never sent.
        case gone
    }
}
