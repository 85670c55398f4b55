import Glibc
import WebRTC

/// A TCP connection for a short question; every step has the same time limit, and whatever goes wrong ends the answer.
final class ProbeConnection {
    private static let longestAnswer = 16 << 10

    private let descriptor: CInt
    private let milliseconds: CInt

    private init(_ descriptor: CInt, timeout seconds: Double) {
        self.descriptor = descriptor
        milliseconds = CInt(seconds * 1000)
    }

    deinit { close(descriptor) }

    enum Opening {
        case success(ProbeConnection)
        case failure(Diagnosis.ServerReach)
    }

    /// Connects to the first address of the host that answers.
    static func open(host: String, port: String, timeout seconds: Double) -> Opening {
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, port, &hints, &list) == 0, let first = list else { return .failure(.unknownHost) }
        defer { freeaddrinfo(first) }
        var reach = Diagnosis.ServerReach.noAnswer
        var next: UnsafeMutablePointer<addrinfo>? = first
        while let address = next {
            let flags = CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
            let descriptor = socket(
                address.pointee.ai_family, address.pointee.ai_socktype | flags, address.pointee.ai_protocol)
            if descriptor >= 0 {
                let connection = ProbeConnection(descriptor, timeout: seconds)
                switch connection.connect(address.pointee) {
                case 0: return .success(connection)
                case ECONNREFUSED: reach = .refused
                default: break
                }
            }
            next = address.pointee.ai_next
        }
        return .failure(reach)
    }

    /// 0, or the errno.
    private func connect(_ address: addrinfo) -> CInt {
        if Glibc.connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 { return 0 }
        guard errno == EINPROGRESS else { return errno }
        guard wait(POLLOUT) else { return ETIMEDOUT }
        var failure: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &length)
        return failure
    }

    private func wait(_ event: CInt) -> Bool {
        var poller = pollfd(fd: descriptor, events: Int16(event), revents: 0)
        return poll(&poller, 1, milliseconds) > 0
    }

    private func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EAGAIN || !wait(POLLOUT) {
                return false
            }
        }
        return true
    }

    /// What has come; nil at the end, and when nothing comes in time.
    private func read() -> [UInt8]? {
        guard wait(POLLIN) else { return nil }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    /// Sends the request and reads until the other side closes.
    func exchange(_ request: String) -> String {
        guard write(Array(request.utf8)) else { return "" }
        var answer: [UInt8] = []
        while answer.count < Self.longestAnswer, let bytes = read() { answer += bytes }
        return String(decoding: answer, as: UTF8.self)
    }

    // MARK: TLS

    /// Why there is no TLS; nil when there is.
    func handshake(_ tls: TLSClient) -> String? {
        while true {
            guard flush(tls) else { return "the connection was closed" }
            switch tls.state {
            case .connected: return nil
            case .closed: return "the connection was closed"
            case .failed(let reason): return reason
            case .handshaking: break
            }
            guard let bytes = read() else { return "no answer to the handshake" }
            bytes.withUnsafeBytes { tls.receive($0) }
        }
    }

    func exchange(_ request: String, through tls: TLSClient) -> String {
        let isWritten = Array(request.utf8).withUnsafeBytes { tls.write($0) }
        guard isWritten, flush(tls) else { return "" }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while answer.count < Self.longestAnswer {
            let count = buffer.withUnsafeMutableBytes { tls.read(into: $0) }
            if count > 0 {
                answer += buffer[..<count]
            } else if tls.state == .connected, let bytes = read() {
                bytes.withUnsafeBytes { tls.receive($0) }
            } else {
                break
            }
        }
        return String(decoding: answer, as: UTF8.self)
    }

    private func flush(_ tls: TLSClient) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = buffer.withUnsafeMutableBytes { tls.takeOutgoing(into: $0) }
            guard count > 0 else { return true }
            guard write(Array(buffer[..<count])) else { return false }
        }
    }
}
