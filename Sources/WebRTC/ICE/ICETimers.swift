/// The times of the ICE agents, in milliseconds. The defaults are for real networks; tests may take others.
package struct ICETimers: Hashable, Sendable {
    /// Between two new checks when many pairs wait (Ta, RFC 8445 section 14.2), and when at most eight do.
    package var pacing: Int64 = 50
    package var pacingOfFewPairs: Int64 = 20
    /// The first retransmission of a check; doubles up to the maximum.
    package var retransmission: Int64 = 200
    package var maximumRetransmission: Int64 = 1600
    /// How often a check is sent before its pair has failed.
    package var transmissions = 9
    /// How long the controlling agent waits for a better pair once it has one that works.
    package var nominationPatience: Int64 = 100
    /// The mean time between consent checks (RFC 7675, section 5.1); each is drawn from ±20 %.
    package var consentInterval: Int64 = 5000
    /// How soon an unanswered consent check is repeated.
    package var consentRetry: Int64 = 500
    /// After so long without an answer to anything asked: ``PeerConnectionEvent/disconnected``.
    package var disconnectedAfter: Int64 = 3000
    /// Consent expires (RFC 7675).
    package var consentExpiry: Int64 = 30_000
    /// A flow of packets that stops for so long makes the full agent check its path at once.
    package var suspiciousSilence: Int64 = 500
    /// No pair after so long since the remote description: failed.
    package var connectTimeout: Int64 = 30_000
    /// How long direct UDP has to show that it works before relays over UDP and TCP connections are opened, and how long
    /// all those have before relays over TCP and TLS are.
    package var reservePatience: Int64 = 300
    package var lastReservePatience: Int64 = 1500
    /// How long a check over TCP, which is not repeated, may take.
    package var streamCheckTimeout: Int64 = 8000
    /// Lite: no check from the peer for so long means disconnected, and failed.
    package var liteDisconnectedAfter: Int64 = 10_000
    package var liteFailedAfter: Int64 = 30_000

    package init() {}
}
