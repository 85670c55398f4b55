import NIOCore

/// What one connection may take and how long it may be silent; tests lower the figures.
package struct LineConnectionLimits: Sendable {
    /// Requests that have begun and are not answered; over it nothing more is read.
    package var requestsInFlight = 32
    /// Bytes of replies that wait for the reader; over it no further request begins.
    package var waitingReplyBytes = 1 << 20
    /// How long a reader may take nothing while something waits for it.
    package var stall = TimeAmount.seconds(10)
    /// After so much silence a subscription gets a `bookmark`.
    package var silence = TimeAmount.seconds(30)

    package init() {}
}
