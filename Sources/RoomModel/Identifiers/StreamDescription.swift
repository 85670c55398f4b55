/// A stream as the members of a room hear of it.
package struct StreamDescription: Hashable, Sendable {
    package let streamID: StreamID
    /// Who publishes it.
    package let user: User
    package var extraInfo: StreamExtraInfo

    package init(streamID: StreamID, user: User, extraInfo: StreamExtraInfo = .none) {
        self.streamID = streamID
        self.user = user
        self.extraInfo = extraInfo
    }
}
