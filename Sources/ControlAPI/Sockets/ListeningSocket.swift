import Glibc

/// A bound Unix socket, made here or inherited from systemd.
package struct ListeningSocket: Sendable {
    package let path: String
    /// Owned by whoever takes the socket.
    let descriptor: CInt
    /// Inherited sockets belong to systemd: their files stay when the daemon goes.
    package let isInherited: Bool

    /// Makes a socket under `path`, listening, with these permissions from the first moment at which anyone can connect.
    ///
    /// A file of a socket on which nobody listens is replaced, a live socket never.
    /// - Parameters:
    ///   - mode: the permissions of the file.
    ///   - group: the name of the file's group; one that does not exist, or that this user may not give, is left out.
    package static func make(
        path: String, mode: mode_t, group: String? = nil
    ) throws(SocketError) -> ListeningSocket {
        var address = try UnixAddress.make(path)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketError("cannot make a socket: \(systemMessage(errno))") }
        do throws(SocketError) {
            try clear(path, &address)
            guard UnixAddress.with(&address, { bind(descriptor, $0, $1) }) == 0 else {
                throw SocketError("cannot make \(path): \(systemMessage(errno))")
            }
            // Nobody can connect before listen(), so the permissions are right before the door opens.
            if let group, let entry = getgrnam(group) { _ = chown(path, uid_t.max, entry.pointee.gr_gid) }
            guard chmod(path, mode) == 0, listen(descriptor, 128) == 0 else {
                throw SocketError("cannot open \(path): \(systemMessage(errno))")
            }
        } catch {
            close(descriptor)
            throw error
        }
        return ListeningSocket(path: path, descriptor: descriptor, isInherited: false)
    }

    /// Removes what a dead daemon left; throws when the path is taken by something else or by somebody alive.
    private static func clear(_ path: String, _ address: inout sockaddr_un) throws(SocketError) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT { return }
            throw SocketError("cannot examine \(path): \(systemMessage(errno))")
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw SocketError("\(path) exists and is not a socket; move it away, or choose another --runtime-dir")
        }
        // Without waiting: where a daemon hangs and its queue is full, a connection would wait for ever.
        let flags = Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | flags, 0)
        guard probe >= 0 else { throw SocketError("cannot make a socket: \(systemMessage(errno))") }
        defer { close(probe) }
        let connected = UnixAddress.with(&address, { connect(probe, $0, $1) })
        guard connected != 0, errno == ECONNREFUSED else {
            throw SocketError(
                "\(path) is in use by another daemon; stop that one, or choose another --runtime-dir and --state-dir")
        }
        guard unlink(path) == 0 else { throw SocketError("cannot replace \(path): \(systemMessage(errno))") }
    }

    /// The listening Unix sockets among inherited descriptors, by their paths.
    ///
    /// - Parameter descriptors: what systemd passed (3, 4, …); those that are no listening Unix sockets are left alone.
    package static func inherited(_ descriptors: Range<CInt>) -> [ListeningSocket] {
        descriptors.compactMap { descriptor in
            var accepting: CInt = 0
            var size = socklen_t(MemoryLayout<CInt>.size)
            guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &accepting, &size) == 0, accepting == 1,
                let path = UnixAddress.path(of: descriptor)
            else { return nil }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            return ListeningSocket(path: path, descriptor: descriptor, isInherited: true)
        }
    }

    /// Removes the file of a socket that was made here.
    func remove() {
        if !isInherited { unlink(path) }
    }
}

/// The words of an `errno`.
func systemMessage(_ number: CInt) -> String {
    var text = [CChar](repeating: 0, count: 256)
    guard strerror_r(number, &text, text.count) == 0 else { return "error \(number)" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
