import Transport

/// One generation of credentials with its pairs and checks: what an ICE restart makes anew. The full agent has one, and
/// during a restart the old one beside it.
final class ICEGeneration {
    /// No honest peer has so many pairs (RFC 8445, section 6.1.2.5).
    static let maximumPairs = 100
    private static let maximumTransactions = 64

    let local: ICECredentials
    let localKey: STUNKey
    let localUfrag: [UInt8]
    private(set) var remote: ICECredentials?
    private(set) var remoteKey: STUNKey?
    /// USERNAME of our checks: `remote:local`.
    private(set) var checkUsername: [UInt8] = []

    private(set) var remoteCandidates: [ICECandidate] = []
    var pairs: [ICECandidatePair] = []
    private var transactions: [ICETransaction] = []
    /// Pairs to be checked out of turn (RFC 8445, section 7.3.1.4).
    var triggered: [TransportTuple] = []
    var nextCheckAt = MonotonicTime.distantFuture
    var lastCheckAt: MonotonicTime?

    /// The pair in use, and the one that is being nominated.
    var selected: TransportTuple?
    var nominating: TransportTuple?
    var firstSuccessAt: MonotonicTime?
    var startedAt: MonotonicTime?
    /// When the ways that are held in reserve are to be opened, if no pair works by then.
    var reserveAt = MonotonicTime.distantFuture
    var consent: ICEConsent?

    init(_ credentials: ICECredentials) {
        local = credentials
        localKey = STUNKey(password: credentials.password)
        localUfrag = Array(credentials.ufrag.utf8)
    }

    func setRemote(_ credentials: ICECredentials) {
        guard remote != credentials else { return }
        remote = credentials
        remoteKey = STUNKey(password: credentials.password)
        checkUsername = Array("\(credentials.ufrag):\(local.ufrag)".utf8)
    }

    /// False if it is known already or there are too many.
    func addRemoteCandidate(_ candidate: ICECandidate) -> Bool {
        if let known = remoteCandidates.firstIndex(where: {
            $0.address == candidate.address && $0.transport.isTCP == candidate.transport.isTCP
        }) {
            // What was learnt from a check is superseded by what the peer says (RFC 8445, section 7.3.1.3).
            guard remoteCandidates[known].kind == .peerReflexive, candidate.kind != .peerReflexive else { return false }
            remoteCandidates[known] = candidate
            for index in pairs.indices
            where pairs[index].tuple.remote == candidate.address && pairs[index].isTCP == candidate.transport.isTCP {
                pairs[index].remotePriority = candidate.priority
            }
            return false
        }
        guard remoteCandidates.count < ICEGeneration.maximumPairs else { return false }
        remoteCandidates.append(candidate)
        return true
    }

    /// Pairs a local address with a remote candidate, unless they are a pair already.
    func formPair(_ local: ICELocalAddress, _ remote: ICECandidate) {
        let tuple = TransportTuple(local: local.base, remote: remote.address, carrier: local.carrier)
        guard pairs.count < Self.maximumPairs, local.reaches(remote), pair(tuple) == nil else { return }
        pairs.append(
            ICECandidatePair(
                tuple: tuple, localPriority: local.priority, remotePriority: remote.priority,
                reflexivePriority: local.reflexivePriority))
    }

    func pair(_ tuple: TransportTuple) -> Int? {
        pairs.firstIndex { $0.tuple == tuple }
    }

    func enqueueTriggered(_ tuple: TransportTuple) {
        if !triggered.contains(tuple) { triggered.append(tuple) }
    }

    /// The pair to check next: a triggered one, else the waiting one of highest priority.
    func takeNextPair(isControlling: Bool) -> Int? {
        while !triggered.isEmpty {
            if let index = pair(triggered.removeFirst()) { return index }
        }
        return pairs.indices.filter { pairs[$0].state == .waiting }
            .max { pairs[$0].priority(isControlling: isControlling) < pairs[$1].priority(isControlling: isControlling) }
    }

    var hasPairsToCheck: Bool {
        remoteKey != nil && (!triggered.isEmpty || pairs.contains { $0.state == .waiting })
    }

    func remember(_ transaction: ICETransaction) {
        if transactions.count == Self.maximumTransactions { transactions.removeFirst() }
        transactions.append(transaction)
    }

    func transaction(_ id: STUNTransactionID) -> ICETransaction? {
        transactions.first { $0.id == id }
    }

    /// Counts a retransmission and gives how many transmissions there have been.
    func countRetransmission(_ id: STUNTransactionID) -> ICETransaction? {
        guard let index = transactions.firstIndex(where: { $0.id == id }) else { return nil }
        transactions[index].transmissions += 1
        return transactions[index]
    }

    func forget(_ id: STUNTransactionID) {
        transactions.removeAll { $0.id == id }
    }

    func removePairs(where isGone: (TransportTuple) -> Bool) {
        pairs.removeAll { isGone($0.tuple) }
        triggered.removeAll(where: isGone)
        if nominating.map(isGone) == true { nominating = nil }
        if selected.map(isGone) == true {
            selected = nil
            consent = nil
        }
        if !pairs.contains(where: { $0.state == .succeeded }) { firstSuccessAt = nil }
    }

    /// Whether a pair works: the selected one, or any as long as there is none.
    var hasWorkingPair: Bool {
        selected == nil ? pairs.contains { $0.state == .succeeded } : consent?.isDisconnected != true
    }

    /// The working pair of highest priority.
    func bestWorkingPair(isControlling: Bool) -> Int? {
        pairs.indices.filter { pairs[$0].state == .succeeded }
            .max { pairs[$0].priority(isControlling: isControlling) < pairs[$1].priority(isControlling: isControlling) }
    }
}
