import Transport

/// What workers send each other, in front of the bytes of the datagram or payload.
struct WorkerMail: BitwiseCopyable, Sendable {
    /// True: an opened media packet for the listeners there. False: a datagram as it came, for a session there.
    var isMedia: Bool
    var packet: MediaPacket
    var remote: TransportAddress
    var local: TransportAddress
    var length: Int32
}
