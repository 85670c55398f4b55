/// The answer of `startPlaying`; a final failure is thrown as a `ZegoError`.
package struct PlayResult: Sendable, Equatable {
    package let streamID: String
    package let state: PlayerState
    package let lastSeq: UInt64

    package init(streamID: String, state: PlayerState, lastSeq: UInt64) {
        self.streamID = streamID
        self.state = state
        self.lastSeq = lastSeq
    }
}
