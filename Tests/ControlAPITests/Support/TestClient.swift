import ControlAPI
import Dispatch
import Glibc
import JSONRPC
import Synchronization

/// A plain client of a Unix socket. Its waiting happens on a queue of its own, so that it never holds a thread that the
/// daemon's tasks need; every wait has a deadline.
final class TestClient: Sendable {
    let descriptor: CInt
    private let queue = DispatchQueue(label: "client")
    private let state = Mutex((framer: LineFramer(maximumLength: .max), lines: [String](), isAtEnd: false))

    init(_ path: String) throws {
        var address = try UnixAddress.make(path)
        descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        guard UnixAddress.with(&address, { connect(descriptor, $0, $1) }) == 0 else {
            close(descriptor)
            throw TestFailure("connect \(path): \(errno)")
        }
    }

    deinit {
        close(descriptor)
    }

    /// Sends bytes; waits as long as the daemon does not read.
    func send(_ bytes: [UInt8]) async {
        await onQueue { [descriptor] in
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
                }
                if count <= 0 { return }
                sent += count
            }
        }
    }

    /// Sends a line.
    func send(_ line: String) async { await send(Array((line + "\n").utf8)) }

    /// Sends as much as fits without waiting; returns how much.
    func sendWithoutWaiting(_ bytes: [UInt8]) -> Int {
        max(
            0,
            bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
            })
    }

    /// Ends the sending side.
    func endInput() { shutdown(descriptor, CInt(SHUT_WR)) }

    /// The next line; nil at the end of the stream. Throws when none comes in time.
    func line(within seconds: Double = 10) async throws -> String? {
        try await onQueue { try self.nextLine(seconds) }
    }

    /// The next line as JSON.
    func json(within seconds: Double = 10) async throws -> JSONValue {
        guard let line = try await line(within: seconds) else { throw TestFailure("the connection was closed") }
        return try JSONValue(parsing: line)
    }

    /// Sends a request and gives the next line, which has to be the answer.
    func call(_ method: String, _ params: JSONObject = [:], id: JSONRPCID = 1) async throws -> JSONValue {
        await send(JSONRPCRequest(id: id, method: method, params: .object(params)).json.description)
        let answer = try await json()
        guard answer["id"] == id.json else { throw TestFailure("not the answer: \(answer)") }
        return answer
    }

    /// All lines up to the end of the stream.
    func remainingLines(within seconds: Double = 10) async throws -> [String] {
        var lines: [String] = []
        while let line = try await line(within: seconds) { lines.append(line) }
        return lines
    }

    private func nextLine(_ seconds: Double) throws -> String? {
        while true {
            let (line, isAtEnd) = state.withLock { state -> (String?, Bool) in
                (state.lines.isEmpty ? nil : state.lines.removeFirst(), state.isAtEnd)
            }
            if let line { return line }
            if isAtEnd { return nil }
            var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&poller, 1, CInt(seconds * 1000)) > 0 else { throw TestFailure("nothing came in \(seconds) s") }
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(descriptor, &buffer, buffer.count)
            state.withLock { state in
                guard count > 0 else {
                    state.isAtEnd = true
                    return
                }
                for case .text(let line) in state.framer.append(Array(buffer[..<count])) {
                    state.lines.append(String(decoding: line, as: UTF8.self))
                }
            }
        }
    }

    private func onQueue<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: body)) }
        }
    }

    private func onQueue(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            queue.async {
                body()
                continuation.resume()
            }
        }
    }
}
