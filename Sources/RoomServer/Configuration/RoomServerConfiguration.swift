import RoomModel

/// Everything that a room server can be told (`[server]` of the configuration, and what tests turn).
package struct RoomServerConfiguration: Sendable {
    /// The address to listen on (TCP and UDP), numeric; `0.0.0.0` or `::` for all.
    package var listen: String
    /// The port, TCP and UDP alike; 0: any free one (tests).
    package var port: UInt16
    /// `host` or `host:port`, put into ICE candidates instead of the local addresses.
    package var advertise: [String]
    /// Whether the server may be open to other machines without TLS.
    package var insecure: Bool
    /// The server's certificate; nil: there is no TLS.
    package var certificateFiles: CertificateFiles?
    /// Where the file of the applications is kept.
    package var stateDirectory: String
    /// Applications of the configuration (`[[server.app]]`), beside those in the state directory.
    package var fixedApplications: [AppCredentials]
    /// How long a session waits for its client, from the last byte heard, in milliseconds.
    package var departureTimeoutMs: Int
    /// How often clients are to `ping`, in milliseconds; told to them at most a third of the departure time-out, so that
    /// a dead connection is closed before the session ends.
    package var pingIntervalMs: Int
    /// What one session may have at once.
    package var sessionLimits: SessionLimits
    /// Media workers (threads); 0: one for each core.
    package var workers: Int
    /// STUN and TURN servers that clients are told of.
    package var relays: RelayDirectory
    /// Connections that nobody has logged in on, and connections in all.
    package var connectionLimits: ConnectionLimits
    /// Whether who holds an expired token is put out of the room; else it merely begins nothing new.
    package var kicksOnTokenExpiry = false
    /// Where events of rooms are told; nil: nowhere.
    package var webhook: WebhookConfiguration?
    /// The version that `challenge` tells, for people.
    package var version: String

    package init(
        stateDirectory: String, listen: String = "127.0.0.1", port: UInt16 = 8790, advertise: [String] = [],
        insecure: Bool = false, certificateFiles: CertificateFiles? = nil, fixedApplications: [AppCredentials] = [],
        departureTimeoutMs: Int = 30_000,
        pingIntervalMs: Int = 5_000, sessionLimits: SessionLimits = .standard, workers: Int = 0,
        relays: RelayDirectory = RelayDirectory(), connectionLimits: ConnectionLimits = ConnectionLimits(),
        version: String = "1.0.0"
    ) {
        self.stateDirectory = stateDirectory
        self.listen = listen
        self.port = port
        self.advertise = advertise
        self.insecure = insecure
        self.certificateFiles = certificateFiles
        self.fixedApplications = fixedApplications
        self.departureTimeoutMs = departureTimeoutMs
        self.pingIntervalMs = pingIntervalMs
        self.sessionLimits = sessionLimits
        self.workers = workers
        self.relays = relays
        self.connectionLimits = connectionLimits
        self.version = version
    }

    /// The interval that clients are told.
    var effectivePingIntervalMs: Int { max(100, min(pingIntervalMs, departureTimeoutMs / 3)) }
}
