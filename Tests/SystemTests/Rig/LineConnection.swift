import Glibc

/// A Unix stream socket that is read line by line; every read has a deadline.
final class LineConnection {
    struct Closed: Error {}

    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private(set) var ended = false

    init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError("socket") }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw SystemError(path, code: ENAMETOOLONG)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if result != 0 {
            let code = errno
            close(descriptor)
            throw SystemError("connecting to \(path)", code: code)
        }
    }

    deinit { close(descriptor) }

    func write(_ bytes: some Collection<UInt8>, upTo seconds: Double = 10) throws {
        var rest = Array(bytes)[...]
        let deadline = monotonicSeconds() + seconds
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN, monotonicSeconds() < deadline {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&waiting, 1, 100)
            } else {
                throw SystemError("writing to a socket")
            }
        }
    }

    func write(line: String) throws { try write((line + "\n").utf8) }

    /// Says that nothing more will be written.
    func endOfInput() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// The next line without its LF; nil at the end of the stream.
    func readLine(upTo seconds: Double = 30) throws -> String? {
        let deadline = monotonicSeconds() + seconds
        while true {
            if let end = buffer.firstIndex(of: 0x0a) {
                let line = String(decoding: buffer[..<end], as: UTF8.self)
                buffer.removeSubrange(...end)
                return line
            }
            if ended { return nil }
            let left = deadline - monotonicSeconds()
            guard left > 0 else { throw WaitedInVain(description: "no line within \(seconds) s") }
            try fill(upTo: left)
        }
    }

    private func fill(upTo seconds: Double) throws {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, Int32(seconds * 1000) + 1) > 0 else { return }
        var chunk = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        if count > 0 {
            buffer += chunk[..<count]
        } else if count == 0 || errno == ECONNRESET {
            ended = true
        } else if errno != EINTR {
            throw SystemError("reading from a socket")
        }
    }
}
