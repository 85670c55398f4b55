import Glibc
import MediaIO
import RTP
import Transport
import WebRTC

/// One TCP connection of the media transport: to the room server's TCP port, or to a TURN server, over TLS too. Belongs to
/// the media thread.
final class StreamLink {
    /// How long TCP and TLS may take together.
    private static let openMilliseconds: Int64 = 8_000
    /// What TLS adds to a message at most.
    private static let tlsOverhead = 64

    let request: StreamRequest
    /// When it has to be open; never, once it is.
    private(set) var deadline: MonotonicTime
    /// Whether the loop watches it for room to write.
    var isWatchedForWriting = false
    private(set) var isOpen = false
    /// Why it is of no use any more; nil while it is.
    private(set) var failure: String?
    private let stream: TCPStream
    private let tls: TLSClient?
    private let deframer: StreamDeframer
    private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 16_384, alignment: 8)

    /// Begins to connect.
    ///
    /// - Parameter judge: of the certificates that a server shows for a name; see ``TLSClient``.
    init(
        _ request: StreamRequest, now: MonotonicTime, judge: @escaping (_ chain: [[UInt8]], _ name: String) -> String?
    ) throws {
        self.request = request
        deadline = now.advanced(byMilliseconds: Self.openMilliseconds)
        deframer = StreamDeframer(request.framing)
        stream = try TCPStream(connectingTo: request.remote)
        if let name = request.tlsName {
            guard let client = TLSClient(serverName: name, judge: { judge($0, name) }) else {
                throw SocketError(operation: "TLS to \(name)", code: ENOMEM)
            }
            tls = client
        } else {
            tls = nil
        }
    }

    deinit {
        scratch.deallocate()
    }

    var descriptor: Int32 { stream.descriptor }
    var local: TransportAddress { stream.local }
    var wantsToWrite: Bool { failure == nil && (stream.wantsToWrite || (tls?.outgoingBytes ?? 0) > 0) }

    /// It can be written to: the connection has been made, or there is room again.
    func writable() {
        guard failure == nil else { return }
        guard stream.finishConnecting() else { return fail("no connection") }
        if tls == nil { opened() }
        flush()
    }

    private func opened() {
        isOpen = true
        deadline = .distantFuture
    }

    func checkDeadline(now: MonotonicTime) {
        if now >= deadline { fail("no connection in time") }
    }

    /// Takes what has come and hands over its messages, which may be changed in place.
    func readable(_ take: (UnsafeMutableRawBufferPointer) -> Void) {
        // Bounded, so that one connection does not keep the thread for itself.
        for _ in 0..<4 where failure == nil {
            guard let tls else {
                guard let count = receive(into: deframer.space) else { return }
                deframer.fill(count)
                takeMessages(take)
                continue
            }
            guard let count = receive(into: scratch) else { return }
            tls.receive(UnsafeRawBufferPointer(rebasing: scratch[..<count]))
            if !isOpen, tls.state == .connected { opened() }
            while failure == nil {
                let count = tls.read(into: deframer.space)
                guard count > 0 else { break }
                deframer.fill(count)
                takeMessages(take)
            }
            switch tls.state {
            case .handshaking, .connected: flush()
            case .closed: fail("closed by the other end")
            case .failed(let reason): fail("TLS: \(reason)")
            }
        }
    }

    /// Nil when there is nothing, or no more.
    private func receive(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        switch stream.receive(into: buffer) {
        case .bytes(let count): return count
        case .nothing: return nil
        case .closed:
            fail("closed by the other end")
            return nil
        }
    }

    private func takeMessages(_ take: (UnsafeMutableRawBufferPointer) -> Void) {
        while let message = deframer.next() { take(message) }
        if deframer.isMalformed { fail("what came is no message") }
    }

    /// Sends a message, or drops it when the other end does not take what is sent.
    func send(_ message: UnsafeRawBufferPointer, isMedia: Bool) {
        guard isOpen, failure == nil else { return }
        var length = UInt16(truncatingIfNeeded: message.count).bigEndian
        withUnsafeBytes(of: &length) { length in
            let head = request.framing == .rfc4571 ? length : UnsafeRawBufferPointer(start: nil, count: 0)
            guard let tls else {
                if !stream.enqueue(head: head, message, isMedia: isMedia), !isMedia {
                    fail("the other end does not read")
                }
                return
            }
            // What is encrypted has to be sent.
            let needed = message.count + Self.tlsOverhead + (isMedia ? TCPStream.reservedBytes : 0)
            guard stream.free >= needed else {
                if !isMedia { fail("the other end does not read") }
                return
            }
            _ = tls.write(message)
        }
        flush()
    }

    private func flush() {
        if let tls {
            while stream.free >= scratch.count {
                let count = tls.takeOutgoing(into: scratch)
                guard count > 0 else { break }
                stream.enqueue(
                    head: UnsafeRawBufferPointer(start: nil, count: 0),
                    UnsafeRawBufferPointer(rebasing: scratch[..<count]), isMedia: false)
            }
        }
        if !stream.flush() { fail("broken") }
    }

    /// Says goodbye, as far as that goes without waiting.
    func close() {
        tls?.close()
        if failure == nil { flush() }
    }

    private func fail(_ reason: String) {
        if failure == nil { failure = reason }
    }
}
