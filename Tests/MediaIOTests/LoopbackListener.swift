import Glibc
import Transport

/// A listening TCP socket on the loopback interface, with plain blocking calls.
final class LoopbackListener {
    let descriptor: Int32
    let address: TransportAddress

    init() throws {
        struct Failed: Error {}
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                bind(descriptor, name, length) + listen(descriptor, 8) + getsockname(descriptor, name, &length)
            }
        }
        guard descriptor >= 0, code == 0 else { throw Failed() }
        self.descriptor = descriptor
        address = TransportAddress(ipv4: 0x7F00_0001, port: UInt16(bigEndian: name.sin_port))
    }

    deinit { close(descriptor) }

    /// The next connection; the caller closes it.
    func accept() -> Int32 { Glibc.accept(descriptor, nil, nil) }
}
