import RoomModel

/// What the media side made of an offer.
package struct MediaAnswer: Hashable, Sendable {
    /// The SDP answer.
    package let sdp: String
    /// Tracks (by mid) that could not be had, each with its reason.
    package let refused: [String: ZegoErrorCode]

    package init(sdp: String, refused: [String: ZegoErrorCode] = [:]) {
        self.sdp = sdp
        self.refused = refused
    }
}
