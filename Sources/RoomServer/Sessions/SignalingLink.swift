import Transport

/// A WebSocket connection, as ``SignalingMachine`` knows it.
final class SignalingLink {
    let id: ConnectionID
    /// The client's IP address, as text.
    let address: String
    /// What login proofs of this connection are made over.
    let nonce: String
    var session: Session?
    var messages: TokenBucket
    var faultyMessages = 0
    var failedLogins = 0

    init(id: ConnectionID, address: String, nonce: String, messages: TokenBucket) {
        self.id = id
        self.address = address
        self.nonce = nonce
        self.messages = messages
    }
}
