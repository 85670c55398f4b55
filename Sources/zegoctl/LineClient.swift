import ControlAPI
import Glibc
import JSONRPC

/// A connection to one of the daemon's sockets; blocking, as a command line wants it.
final class LineClient {
    private let path: String
    let descriptor: CInt
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

    /// Seconds of the monotonic clock.
    static func now() -> Double {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    }

    /// Makes a call and gives its result; the next line has to be the answer.
    func call(
        _ method: String, _ params: JSONObject = [:], id: JSONRPCID, timeout: Double
    ) throws(CommandFailure) -> JSONValue {
        try send(JSONRPCRequest(id: id, method: method, params: .object(params)).json.serialized())
        let line = try nextLine(timeout: timeout, progress: Progress(method))
        guard let line, case .response(let response)? = try? JSONRPCMessage(json: JSONValue(parsing: line)) else {
            throw CommandFailure(status: .unreachable, "\(path) gave no answer; is it a socket of zegod?")
        }
        switch response.result {
        case .success(let result): return result
        case .failure(let error): throw CommandFailure(error)
        }
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
    /// - Parameters:
    ///   - seconds: how long to wait; nil: for ever.
    ///   - progress: shown meanwhile.
    func nextLine(
        timeout seconds: Double? = nil, progress: Progress? = nil
    ) throws(CommandFailure) -> [UInt8]? {
        defer { progress?.end() }
        let deadline = seconds.map { Self.now() + $0 }
        while lines.isEmpty {
            let left = deadline.map { max(0, $0 - Self.now()) }
            let pause = progress == nil ? left : min(left ?? 1, 1)
            var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            // Rounded up: a wait of less than a millisecond is no reason to turn round and round.
            let ready = poll(&poller, 1, pause.map { CInt(clamping: Int64(($0 * 1000).rounded(.up))) } ?? -1)
            if ready == 0 {
                guard left.map({ $0 > (pause ?? 0) }) ?? true else {
                    throw CommandFailure(status: .timedOut, "\(path) did not answer in time")
                }
                progress?.show()
                continue
            }
            if ready < 0 {
                if errno == EINTR { continue }
                return nil
            }
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            for case .text(let line) in framer.append(Array(buffer[..<count])) { lines.append(line) }
        }
        return lines.removeFirst()
    }
}
