import COpenSSL
import RTP

/// An OpenSSL BIO whose reads and writes are datagrams in memory: one write is one datagram out, one read takes the one
/// datagram that is being processed. (A memory BIO would glue datagrams together.)
final class DatagramBIO {
    /// Largest datagram that OpenSSL makes, IP and UDP headers included.
    static let linkMTU = 1200
    private static let headerOverhead = 28

    /// The datagram to be read next; the memory belongs to the caller of ``DTLSTransport/receive(_:now:)``.
    var incoming: UnsafeRawBufferPointer?
    /// Datagrams that OpenSSL wrote, in order.
    var written: [[UInt8]] = []

    /// Makes the C object, which does not keep this one alive; nil if memory is short. The caller owns it.
    func makeBIO() -> OpaquePointer? {
        guard let method = DatagramBIO.method, let bio = BIO_new(method) else { return nil }
        BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
        BIO_set_init(bio, 1)
        return bio
    }

    // Made once and never changed or freed, so that all threads may use it.
    nonisolated(unsafe) private static let method: OpaquePointer? = {
        guard let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagrams in memory") else {
            return nil
        }
        BIO_meth_set_write(method) { bio, bytes, count in
            guard let bytes, count > 0, let object = DatagramBIO.of(bio) else { return 0 }
            copenssl_bio_clear_retry_flags(bio)
            object.written.append([UInt8](UnsafeRawBufferPointer(start: bytes, count: Int(count))))
            return count
        }
        BIO_meth_set_read(method) { bio, bytes, count in
            guard let bytes, count > 0, let object = DatagramBIO.of(bio) else { return 0 }
            copenssl_bio_clear_retry_flags(bio)
            guard let datagram = object.incoming else {
                copenssl_bio_set_retry_read(bio)
                return -1
            }
            object.incoming = nil
            let taken = min(Int(count), datagram.count)
            UnsafeMutableRawBufferPointer(start: bytes, count: taken).copyMemory(from: datagram.part(0, taken))
            return Int32(taken)
        }
        BIO_meth_set_ctrl(method) { _, command, _, _ in
            switch command {
            case BIO_CTRL_FLUSH, BIO_CTRL_DUP: 1
            case BIO_CTRL_DGRAM_QUERY_MTU, BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
                DatagramBIO.linkMTU - DatagramBIO.headerOverhead
            case BIO_CTRL_DGRAM_GET_MTU_OVERHEAD: DatagramBIO.headerOverhead
            default: 0
            }
        }
        return method
    }()

    private static func of(_ bio: OpaquePointer?) -> DatagramBIO? {
        guard let data = BIO_get_data(bio) else { return nil }
        return Unmanaged<DatagramBIO>.fromOpaque(data).takeUnretainedValue()
    }
}
