/// The answer of `startPlaying`; a final failure is thrown as a `ZegoError`.
package struct PlayResult: Sendable, Equatable {
    package let streamID: String
    package let state: PlayerState
    /// The file that was made, when it plays into one.
    package let file: String?
    package let lastSeq: UInt64

    package init(streamID: String, state: PlayerState, file: String? = nil, lastSeq: UInt64) {
        self.streamID = streamID
        self.state = state
        self.file = file
        self.lastSeq = lastSeq
    }
}
