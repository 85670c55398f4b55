import ControlAPI
import Glibc
import JSONRPC

/// A connection to one of the daemon's sockets; blocking, as a command line wants it.
final class LineClient {
    private let path: String
    private let descriptor: CInt
    private var framer = LineFramer(maximumLength: .max)
    private var lines: [[UInt8]] = []

    /// Connects.
    init(path: String) throws(CommandFailure) {
        self.path = path
        var address: sockaddr_un
        do {
            address = try UnixAddress.make(path)
        } catch {
            throw CommandFailure(status: .usage, error.description)
        }
        descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw CommandFailure(status: .unreachable, "cannot make a socket") }
        guard UnixAddress.with(&address, { connect(descriptor, $0, $1) }) == 0 else {
            let reason = errno
            close(descriptor)
            throw CommandFailure.notConnected(path, reason)
        }
    }

    deinit {
        close(descriptor)
    }

    /// Sends one line.
    func send(_ text: [UInt8]) throws(CommandFailure) {
        let line = text + [0x0A]
        var sent = 0
        while sent < line.count {
            let count = line[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            if count < 0 {
                if errno == EINTR { continue }
                // The daemon may have refused the connection: what it said about that is still to be read.
                return
            }
            sent += count
        }
    }

    /// The next line; nil at the end of the stream.
    ///
    /// - Parameter seconds: how long to wait; nil: for ever.
    func nextLine(timeout seconds: Double? = nil) throws(CommandFailure) -> [UInt8]? {
        while lines.isEmpty {
            var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&poller, 1, seconds.map { CInt(clamping: Int64($0 * 1000)) } ?? -1)
            if ready == 0 { throw CommandFailure(status: .timedOut, "\(path) did not answer in time") }
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            for case .text(let line) in framer.append(Array(buffer[..<count])) { lines.append(line) }
        }
        return lines.removeFirst()
    }
}
