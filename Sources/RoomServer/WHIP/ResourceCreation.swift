import RoomModel

/// What a client gets for its offer.
struct ResourceCreation: Sendable {
    let session: SessionID
    let answer: String
    let entityTag: String
}
