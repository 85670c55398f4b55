import RoomModel

/// What a client gets for its offer.
struct ResourceCreation: Sendable {
    let session: SessionID
    let answer: String
    let entityTag: String
    /// What the client may use to get through to the server.
    let iceServers: [ICEServer]
}
