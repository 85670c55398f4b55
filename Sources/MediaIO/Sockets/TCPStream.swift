import CSockets
import Glibc
import Transport

/// A non-blocking TCP connection for media: what waits to be sent is bounded, and what is late is dropped rather than
/// kept. Knows no protocol. Belongs to one thread at a time.
///
/// Watched on a ``MediaLoop`` for reading, and for writing while ``wantsToWrite`` (``MediaLoop/watchWriting(_:_:)``).
package final class TCPStream {
    package enum Received: Equatable, Sendable {
        case bytes(Int)
        /// Nothing more for now.
        case nothing
        /// The other end has closed, or the connection is broken.
        case closed
    }

    /// What may wait to be sent. Of it ``reservedBytes`` are kept for what must not be lost (STUN, DTLS, TURN): at 6 kB/s
    /// for a voice more than this in the queue would come too late anyway.
    package static let capacity = 65_536
    package static let reservedBytes = 49_152
    /// The kernel's own queue, small for the same reason.
    private static let kernelBuffer: Int32 = 32_768
    /// A peer that acknowledges nothing for so long is gone (TCP_USER_TIMEOUT).
    private static let userTimeoutMilliseconds: Int32 = 10_000

    package let descriptor: Int32
    package let remote: TransportAddress
    /// The local end; of a connection in the making, the one that the kernel has chosen.
    package let local: TransportAddress
    package private(set) var isConnected: Bool
    /// Messages that were dropped because the other end does not read fast enough.
    package private(set) var dropped: UInt64 = 0
    private let queue = ByteQueue(capacity: TCPStream.capacity)

    /// Begins to connect: ``finishConnecting()`` tells, when the descriptor can be written to, what came of it.
    package init(connectingTo remote: TransportAddress) throws(SocketError) {
        let family = remote.family == .ipv4 ? AF_INET : AF_INET6
        let socket = Glibc.socket(
            family, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw SocketError("socket for \(remote)") }
        Self.tune(socket)
        let code = Self.withName(remote) { connect(socket, $0, $1) == 0 ? 0 : errno }
        guard code == 0 || code == EINPROGRESS, let local = Self.address(of: socket, getsockname) else {
            close(socket)
            throw SocketError(operation: "connect \(remote)", code: code == 0 ? ENOTCONN : code)
        }
        descriptor = socket
        self.remote = remote
        self.local = local
        isConnected = code == 0
    }

    /// Takes over an open connection, which is closed with this object.
    package init(adopting socket: Int32) throws(SocketError) {
        let flags = fcntl(socket, F_GETFL)
        guard flags >= 0, fcntl(socket, F_SETFL, flags | O_NONBLOCK) == 0,
            let local = Self.address(of: socket, getsockname), let remote = Self.address(of: socket, getpeername)
        else {
            let error = SocketError("adopt a connection")
            close(socket)
            throw error
        }
        Self.tune(socket)
        descriptor = socket
        self.local = local
        self.remote = remote
        isConnected = true
    }

    deinit {
        close(descriptor)
    }

    /// Wishes: a connection without them works too.
    private static func tune(_ socket: Int32) {
        set(socket, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        set(socket, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, userTimeoutMilliseconds)
        set(socket, SOL_SOCKET, SO_SNDBUF, kernelBuffer)
        set(socket, Int32(IPPROTO_IP), IP_TOS, 46 << 2)
    }

    private static func set(_ socket: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        _ = setsockopt(socket, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func withName<Result>(
        _ address: TransportAddress, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var name = sockaddr_storage()
        return withUnsafeMutableBytes(of: &name) { bytes in
            // A sockaddr_storage is never empty, and laid out for any sockaddr.
            let start = bytes.baseAddress.unsafelyUnwrapped
            let length = DatagramBatch.store(address, at: start)
            return body(UnsafePointer(start.assumingMemoryBound(to: sockaddr.self)), length)
        }
    }

    private static func address(
        of socket: Int32,
        _ ask: (Int32, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?) -> Int32
    ) -> TransportAddress? {
        var name = sockaddr_storage()
        return withUnsafeMutableBytes(of: &name) { bytes in
            let start = bytes.baseAddress.unsafelyUnwrapped
            var length = socklen_t(bytes.count)
            guard ask(socket, start.assumingMemoryBound(to: sockaddr.self), &length) == 0,
                bytes.load(as: UInt16.self) == UInt16(AF_INET) || bytes.load(as: UInt16.self) == UInt16(AF_INET6)
            else { return nil }
            return DatagramBatch.address(at: UnsafeRawPointer(start))
        }
    }

    /// Whether the connection was made; to be asked when the descriptor can be written to.
    package func finishConnecting() -> Bool {
        guard !isConnected else { return true }
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0, code == 0,
            Self.address(of: descriptor, getpeername) != nil
        else { return false }
        isConnected = true
        return true
    }

    /// Whether it waits for the connection to be made, or for room to send.
    package var wantsToWrite: Bool { !isConnected || !queue.isEmpty }

    /// Takes what is there, up to the length of `buffer`.
    package func receive(into buffer: UnsafeMutableRawBufferPointer) -> Received {
        guard isConnected else { return .nothing }
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
            if count > 0 { return .bytes(count) }
            guard count < 0 else { return .closed }
            switch errno {
            case EINTR: continue
            case EAGAIN, EWOULDBLOCK: return .nothing
            default: return .closed
            }
        }
    }

    /// Puts a message behind its head into the queue; ``flush()`` sends. False, and the message dropped whole, when it
    /// does not fit: with `isMedia` when only what is reserved is left.
    @discardableResult
    package func enqueue(
        head: UnsafeRawBufferPointer, _ message: UnsafeRawBufferPointer, isMedia: Bool
    ) -> Bool {
        let free = isMedia ? queue.free - Self.reservedBytes : queue.free
        guard head.count + message.count <= free else {
            dropped &+= 1
            return false
        }
        return queue.append(head) && queue.append(message)
    }

    /// Room for one more message of any kind, in bytes.
    package var free: Int { queue.free }

    /// Sends what the kernel takes; false when the connection is broken.
    package func flush() -> Bool {
        guard isConnected else { return true }
        while !queue.isEmpty {
            let bytes = queue.front
            let count = send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
            if count > 0 {
                queue.drop(count)
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN, EWOULDBLOCK: return true
            default: return false
            }
        }
        return true
    }
}
