/// Who holds which name: userIDs and streamIDs are unique in an application, whatever room they are used in.
///
/// In memory here. Whoever holds a name is told by a session's ID, which need not be a session of this process, and a
/// name is given up only by the one that holds it (compare and set): so a later directory can be shared by several
/// servers (leases with an epoch) without a change in the rooms.
struct Directory {
    private var users: [UserKey: Claim] = [:]
    private var streams: [StreamKey: Claim] = [:]
    private var lastEpoch: UInt64 = 0

    /// A name that is held.
    struct Claim: Hashable {
        let holder: SessionID
        /// Grows with every claim of the directory, so that of two claims to one name the later is known.
        let epoch: UInt64
    }

    /// Takes the name for `session`, from another one if need be: the later login wins. Returns who lost it.
    mutating func claim(_ user: UserKey, for session: SessionID) -> SessionID? {
        let before = users[user]?.holder
        users[user] = newClaim(session)
        return before == session ? nil : before
    }

    /// Who holds the name.
    func holder(of user: UserKey) -> SessionID? { users[user]?.holder }

    /// Gives the name up, if `session` still holds it.
    mutating func release(_ user: UserKey, by session: SessionID) {
        if users[user]?.holder == session { users[user] = nil }
    }

    /// Takes the name for `session` unless another one holds it: the earlier publisher wins. Returns whether it is held.
    mutating func claim(_ stream: StreamKey, for session: SessionID) -> Bool {
        if let holder = streams[stream]?.holder { return holder == session }
        streams[stream] = newClaim(session)
        return true
    }

    /// Who holds the name.
    func holder(of stream: StreamKey) -> SessionID? { streams[stream]?.holder }

    /// Gives the name up, if `session` still holds it.
    mutating func release(_ stream: StreamKey, by session: SessionID) {
        if streams[stream]?.holder == session { streams[stream] = nil }
    }

    private mutating func newClaim(_ session: SessionID) -> Claim {
        lastEpoch += 1
        return Claim(holder: session, epoch: lastEpoch)
    }
}
