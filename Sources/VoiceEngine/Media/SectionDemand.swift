import RoomModel

/// What one published or played stream wants of the transport: a section (m-line) of its own.
struct SectionDemand: Sendable, Equatable {
    enum Use: Sendable, Equatable {
        /// Frames of this publish channel go out.
        case publish(channel: Int, stereo: Bool)
        /// What comes in goes to this player slot of the audio thread; on hold nothing comes in.
        case play(slot: Int, isHeld: Bool)
    }

    /// One call of `startPublishing` or `startPlaying`: the next call for the same stream is another demand.
    let token: UInt64
    let streamID: StreamID
    let use: Use
}
