import WebRTC

/// What came of a client's fragment.
enum ResourcePatch: Sendable {
    /// Its candidates were taken.
    case applied
    /// ICE was restarted: the server's fragment, and the tag of the new ICE session.
    case restarted(SDPFragment, entityTag: String)
}
