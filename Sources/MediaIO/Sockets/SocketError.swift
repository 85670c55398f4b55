import Glibc

/// A system call on a socket, an epoll or an eventfd failed.
package struct SocketError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The call, and to what: `bind 127.0.0.1:8790`.
    package let operation: String
    /// `errno` as the call left it.
    package let code: Int32

    package init(operation: String, code: Int32) {
        self.operation = operation
        self.code = code
    }

    /// Takes `errno`; to be made right after the call.
    init(_ operation: String) {
        self.init(operation: operation, code: errno)
    }

    /// The address and port are taken (`EADDRINUSE`).
    package var isAddressInUse: Bool { code == EADDRINUSE }

    package var description: String {
        "\(operation): \(String(cString: strerror(code)))"
    }
}
