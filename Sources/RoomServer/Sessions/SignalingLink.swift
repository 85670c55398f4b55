import Transport

/// A WebSocket connection, as ``SignalingMachine`` knows it.
final class SignalingLink {
    let id: ConnectionID
    /// What login proofs of this connection are made over.
    let nonce: String
    var session: Session?
    var messages: TokenBucket
    var faultyMessages = 0
    var failedLogins = 0

    init(id: ConnectionID, nonce: String, messages: TokenBucket) {
        self.id = id
        self.nonce = nonce
        self.messages = messages
    }
}
