import Transport

/// A way from one of the local bases to a remote candidate, and what is known of it (RFC 8445, section 6.1.2).
struct ICECandidatePair {
    enum State {
        case waiting
        case inProgress
        case succeeded
        case failed
    }

    let tuple: TransportTuple
    var localPriority: UInt32
    var remotePriority: UInt32
    /// The priority that a peer is to give the candidate that it may learn from a check on this pair.
    var reflexivePriority: UInt32
    var state = State.waiting
    /// The check that is being retransmitted.
    var check: STUNTransactionID?
    var retransmitAt = MonotonicTime.distantFuture
    /// When the pair is to be tried anew after a failure.
    var failedAt = MonotonicTime.zero
    /// The peer has shown with good integrity that it holds the other end: DTLS and SRTP may come from there.
    var isValidated = false
    /// The peer has checked this pair without USE-CANDIDATE: so it nominates regularly, not whatever it checks.
    var wasCheckedPlainly = false
    /// The peer has asked for this pair by USE-CANDIDATE, and when last.
    var nominatedByPeerAt: MonotonicTime?

    init(tuple: TransportTuple, localPriority: UInt32, remotePriority: UInt32, reflexivePriority: UInt32) {
        self.tuple = tuple
        self.localPriority = localPriority
        self.remotePriority = remotePriority
        self.reflexivePriority = reflexivePriority
    }

    var isTCP: Bool { if case .stream = tuple.carrier { true } else { false } }

    /// RFC 8445, section 6.1.2.3.
    func priority(isControlling: Bool) -> UInt64 {
        let controlling = UInt64(isControlling ? localPriority : remotePriority)
        let controlled = UInt64(isControlling ? remotePriority : localPriority)
        return min(controlling, controlled) << 32 + 2 * max(controlling, controlled)
            + (controlling > controlled ? 1 : 0)
    }
}
