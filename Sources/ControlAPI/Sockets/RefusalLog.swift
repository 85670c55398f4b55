import Logging
import RoomServer
import Synchronization
import Transport

/// Logs connections of a socket that were not let in: one a second at most, for whoever may connect may do so as often as
/// he likes.
final class RefusalLog: Sendable {
    private let logger: Logger
    private let limit = Mutex(LogLimit())

    init(logger: Logger) { self.logger = logger }

    /// Logs a refusal, with how many were left out before.
    func note(_ reason: String, of peer: PeerCredentials) {
        guard let leftOut = limit.withLock({ $0.permit(.now()) }) else { return }
        logger.notice(
            "\(reason)\(leftOut > 0 ? "; \(leftOut) more since the last such line" : "")",
            metadata: ["uid": "\(peer.userID)", "pid": "\(peer.processID)"])
    }
}
