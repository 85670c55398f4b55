import Glibc

/// The lock of a runtime directory: one daemon at a time makes sockets in it. Held until it is let go.
package final class RuntimeDirectoryLock: Sendable {
    private let descriptor: CInt

    /// Takes the lock; throws at once when another process has it, and names that process.
    package init(directory: String) throws(SocketError) {
        let path = directory + "/lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SocketError("cannot open \(path): \(systemMessage(errno))") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            let holder = Self.content(of: descriptor)
            close(descriptor)
            guard reason == EWOULDBLOCK else { throw SocketError("cannot lock \(path): \(systemMessage(reason))") }
            throw SocketError(
                "another daemon\(holder.map { " (process \($0))" } ?? "") runs with the runtime directory \(directory); "
                    + "stop that one, or choose another --runtime-dir and --state-dir")
        }
        let identity = Array("\(getpid())\n".utf8)
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, identity, identity.count, 0) }
    }

    deinit {
        close(descriptor)
    }

    private static func content(of descriptor: CInt) -> Int? {
        var buffer = [UInt8](repeating: 0, count: 32)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return nil }
        return Int(String(decoding: buffer[..<count].prefix { $0 != 0x0A }, as: UTF8.self))
    }
}
