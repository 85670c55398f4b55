/// What the media side is asked for one session, in order.
enum MediaCommand: Sendable {
    case negotiate(ticket: UInt64, offer: String, tracks: [TrackRequest])
    case addCandidate(String?, usernameFragment: String?)
    case unpublish(StreamKey)
    case stopPlay(StreamKey)
}
