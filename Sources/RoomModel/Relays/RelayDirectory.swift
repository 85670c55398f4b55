/// The STUN and TURN servers that a room server tells its clients of.
package struct RelayDirectory: Sendable {
    /// Told to everybody as they are.
    package var fixed: [ICEServer]
    /// URLs of TURN servers that take credentials made with ``secret``.
    package var turnServers: [String]
    package var secret: TURNSecret?

    package init(fixed: [ICEServer] = [], turnServers: [String] = [], secret: TURNSecret? = nil) {
        self.fixed = fixed
        self.turnServers = turnServers
        self.secret = secret
    }

    /// What one user is told, with credentials of its own.
    package func servers(for userID: String, unixSeconds: Int64) -> [ICEServer] {
        guard let secret, !turnServers.isEmpty else { return fixed }
        let (username, password) = secret.credentials(userID: userID, unixSeconds: unixSeconds)
        return fixed + [ICEServer(urls: turnServers, username: username, credential: password)]
    }
}
