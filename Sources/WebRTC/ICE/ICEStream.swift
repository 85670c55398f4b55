import Transport

/// A TCP connection of the full agent to a candidate of the peer that waits for connections.
struct ICEStream {
    let number: UInt32
    let remote: TransportAddress
    /// Nil until it is open.
    var local: TransportAddress?
}
