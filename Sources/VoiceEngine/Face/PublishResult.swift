/// The answer of `startPublishing`; a final failure is thrown as a `ZegoError`.
package struct PublishResult: Sendable, Equatable {
    package let streamID: String
    package let channel: PublishChannel
    package let state: PublisherState
    package let lastSeq: UInt64

    package init(streamID: String, channel: PublishChannel, state: PublisherState, lastSeq: UInt64) {
        self.streamID = streamID
        self.channel = channel
        self.state = state
        self.lastSeq = lastSeq
    }
}
