import Transport

/// A check that was sent and may be answered.
struct ICETransaction {
    enum Purpose {
        /// A connectivity check, retransmitted until it is answered.
        case check
        /// A consent check on the selected pair (RFC 7675), never retransmitted: the next one is another transaction.
        case consent
    }

    let id: STUNTransactionID
    let tuple: TransportTuple
    let purpose: Purpose
    let useCandidate: Bool
    /// The role that the check announced.
    let isControlling: Bool
    let firstSentAt: MonotonicTime
    var transmissions = 1
}
