import RoomModel
import Transport

/// A stream that a session publishes into a room.
final class PublishedStream {
    let key: StreamKey
    let roomID: RoomID
    var description: StreamDescription
    let publisher: SessionID
    var microphone = MicrophoneState.open
    var media: Media
    /// Milliseconds since 1970, where webhooks are told.
    var createdAt = 0.0

    /// How far its media got.
    enum Media: Equatable {
        /// Nothing came yet since then.
        case expected(since: MonotonicTime)
        /// Packets came.
        case arrived
        /// Nothing came in time, and the publisher was told.
        case missing
    }

    init(
        key: StreamKey, roomID: RoomID, description: StreamDescription, publisher: SessionID, now: MonotonicTime
    ) {
        self.key = key
        self.roomID = roomID
        self.description = description
        self.publisher = publisher
        media = .expected(since: now)
    }
}
