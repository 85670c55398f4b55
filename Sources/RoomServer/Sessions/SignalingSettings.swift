import RoomModel

/// The numbers and texts that ``SignalingMachine`` works with.
package struct SignalingSettings: Sendable {
    /// How long a session waits for its client, from the last byte heard, in milliseconds.
    package var departureTimeoutMs: Int64
    /// How often clients ping, in milliseconds; three of them without a byte close a connection.
    package var pingIntervalMs: Int64
    package var limits: SessionLimits
    /// The STUN and TURN servers that clients are told of.
    package var relays: RelayDirectory
    package var version: String
    /// Signalling messages per second of one connection, and at once.
    package var messagesPerSecond: Int
    package var messageBurst: Int
    /// Whether who holds an expired token is put out of the room; else it merely begins nothing new.
    package var kicksOnTokenExpiry: Bool
    /// Whether ``SignalingEffect/webhook(_:)`` is wanted.
    package var tellsWebhooks: Bool

    /// How often the number of users is told when nothing changes, and how often at most when it does.
    static let countIntervalMs: Int64 = 30_000
    static let countGatherMs: Int64 = 1_000
    /// How long a publisher with a ready transport may take to send its first packet.
    static let firstMediaTimeoutMs: Int64 = 10_000
    /// How long a WHIP or WHEP client may take from the answer to its offer to ICE and DTLS.
    static let resourceConnectMs: Int64 = 30_000
    /// How many notifications are kept for a resume, and how many replies for repeated requests.
    static let keptNotifications = 512
    static let keptReplies = 64
    /// How long the place of a displaced session is remembered (the SDK's window of retries), and of how many.
    static let displacedMs: Int64 = 1_200_000
    static let keptDisplaced = 4096
    /// How long before its token expires a client is told, in seconds.
    static let expiryNoticeSeconds = 30
    /// Faulty messages and failed logins after which a connection is closed.
    static let faultyMessages = 16
    static let failedLogins = 8

    package init(
        departureTimeoutMs: Int64 = 30_000, pingIntervalMs: Int64 = 5_000, limits: SessionLimits = .standard,
        relays: RelayDirectory = RelayDirectory(), version: String = "1.0.0", messagesPerSecond: Int = 250,
        messageBurst: Int = 500,
        kicksOnTokenExpiry: Bool = false, tellsWebhooks: Bool = false
    ) {
        self.departureTimeoutMs = departureTimeoutMs
        self.pingIntervalMs = pingIntervalMs
        self.limits = limits
        self.relays = relays
        self.version = version
        self.messagesPerSecond = messagesPerSecond
        self.messageBurst = messageBurst
        self.kicksOnTokenExpiry = kicksOnTokenExpiry
        self.tellsWebhooks = tellsWebhooks
    }
}
