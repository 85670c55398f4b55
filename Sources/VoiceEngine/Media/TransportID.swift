/// Which of the media thread's transports is meant.
enum TransportID: Hashable, Sendable {
    /// The one to the room server.
    case rooms
    /// That of one WHIP or WHEP session, by its number.
    case endpoint(UInt64)
}
