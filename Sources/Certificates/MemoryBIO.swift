import COpenSSL

/// Bytes that OpenSSL reads or writes as if they were a file.
final class MemoryBIO {
    let pointer: OpaquePointer

    /// An empty one, to be written.
    init?() {
        guard let bio = BIO_new(BIO_s_mem()) else { return nil }
        pointer = bio
    }

    /// One that is read.
    init?(_ bytes: [UInt8]) {
        guard let bio = BIO_new(BIO_s_mem()) else { return nil }
        pointer = bio
        guard bytes.isEmpty || BIO_write(bio, bytes, Int32(clamping: bytes.count)) == Int32(clamping: bytes.count)
        else { return nil }
    }

    deinit {
        BIO_free(pointer)
    }

    /// Takes out all that is in it.
    func take() -> [UInt8] {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = BIO_read(pointer, &buffer, Int32(buffer.count))
            guard count > 0 else { return all }
            all += buffer[..<Int(count)]
        }
    }

    var text: String { String(decoding: take(), as: UTF8.self) }
}
