import MediaIO
import RTP
import Transport
import WebRTC

/// An ICE-TCP connection of a worker (RFC 6544): frames (RFC 4571) in and out. What a peer does not read is bounded by
/// ``TCPStream``: media is dropped first, and with STUN and DTLS the connection.
final class PeerStream {
    let tuple: TransportTuple
    /// When it has to be some session's.
    let deadline: MonotonicTime
    /// STUN of a session's peer has come over it.
    var isValidated = false
    var isWatchedForWriting = false
    /// Something waits in ``stream`` since the last flush.
    var isDirty = false
    private(set) var isBroken = false
    let stream: TCPStream
    let deframer = StreamDeframer(.rfc4571)

    init(_ stream: TCPStream, number: UInt32, deadline: MonotonicTime) {
        self.stream = stream
        self.deadline = deadline
        tuple = TransportTuple(local: stream.local, remote: stream.remote, carrier: .stream(number))
    }

    func send(_ datagram: UnsafeRawBufferPointer, isMedia: Bool) {
        guard !isBroken else { return }
        var length = UInt16(truncatingIfNeeded: datagram.count).bigEndian
        let taken = withUnsafeBytes(of: &length) { stream.enqueue(head: $0, datagram, isMedia: isMedia) }
        if !taken, !isMedia { isBroken = true }
    }

    func flush() {
        isDirty = false
        if !stream.flush() { isBroken = true }
    }
}
