import RoomModel
import WebRTC

/// What the media side is asked for one session, in order.
enum MediaCommand: Sendable {
    case negotiate(ticket: UInt64, offer: String, tracks: [TrackRequest])
    case addCandidate(String?, usernameFragment: String?)
    case apply(SDPFragment, reply: @Sendable (Result<SDPFragment?, ZegoError>) -> Void)
    case unpublish(StreamKey)
    case stopPlay(StreamKey)
}
