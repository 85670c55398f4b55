import Transport

/// The flight (RFC 6347 section 4.2.4) that waits for the peer's answer, and its retransmissions.
///
/// OpenSSL would retransmit by the wall clock. Here time is an argument: when OpenSSL sends a flight, it is made to
/// retransmit it ``retransmissions`` times at once (see ``DTLSTransport``), and these copies, each with record numbers
/// of its own as RFC 6347 section 4.2.4 wants, are kept and sent one by one on a timer that doubles up to 1.6 seconds.
struct DTLSFlight {
    /// After as many, at 11.15 s, and another 1.6 s, the handshake fails. OpenSSL gives up beyond twelve.
    static let retransmissions = 11
    private static let firstIntervalMilliseconds: Int64 = 50
    private static let longestIntervalMilliseconds: Int64 = 1600

    /// First sending and copies, each a list of datagrams; the first is sent already.
    private var sendings: [[[UInt8]]]
    private var sent = 1
    /// When the next copy is due, or the handshake fails.
    private(set) var deadline: MonotonicTime

    /// A flight that is being sent now.
    init(_ sendings: [[[UInt8]]], now: MonotonicTime) {
        self.sendings = sendings
        deadline = now.advanced(byMilliseconds: DTLSFlight.firstIntervalMilliseconds)
    }

    /// What to send now that the deadline is over; nil if the peer was given time enough.
    mutating func retransmit(now: MonotonicTime) -> [[UInt8]]? {
        guard sent <= DTLSFlight.retransmissions else { return nil }
        let datagrams = sendings[min(sent, sendings.count - 1)]
        let interval = DTLSFlight.firstIntervalMilliseconds << Int64(sent)
        deadline = now.advanced(byMilliseconds: min(interval, DTLSFlight.longestIntervalMilliseconds))
        sent += 1
        return datagrams
    }
}
