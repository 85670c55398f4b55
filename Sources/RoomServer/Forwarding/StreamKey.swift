import RoomModel

/// The name of a stream in the forwarder: unique in its application, whatever the room.
package struct StreamKey: Hashable, Sendable, CustomStringConvertible {
    package let app: AppID
    package let stream: StreamID

    package init(app: AppID, stream: StreamID) {
        self.app = app
        self.stream = stream
    }

    package var description: String { "\(app)/\(stream)" }
}
