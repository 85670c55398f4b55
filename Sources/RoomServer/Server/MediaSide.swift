import RoomModel
import Transport
import WebRTC

/// The media side of a room server, as signalling sees it: the forwarder, or a stand-in in tests of signalling.
///
/// Calls for one session come one after the other.
package protocol MediaSide: Sendable {
    /// The UDP port.
    var port: UInt16 { get }
    /// One number for each thread, which grows at least every half second while the thread turns; for a watchdog.
    var heartbeats: [UInt64] { get }
    /// Starts the threads.
    func start() async throws
    /// Closes all sessions and ends the threads.
    func stop() async
    /// Makes the transport of a session; `events` may be called from any thread.
    func open(_ session: SessionID, events: @escaping @Sendable (ForwarderSessionEvent) -> Void) async
    /// Answers an offer; `tracks` is all that the session publishes and plays from now on.
    func negotiate(
        _ session: SessionID, offer: String, tracks: [TrackRequest]
    ) async throws(ZegoError) -> MediaAnswer
    /// Takes a candidate of the client; nil: the last one came.
    func addCandidate(_ session: SessionID, candidate: String?, usernameFragment: String?) async
    /// Takes a fragment of the client: candidates, or an ICE restart without a new offer, for which the server's own
    /// fragment is returned. Throws 1000017 when it does not fit, and nothing has changed then.
    func apply(_ session: SessionID, _ fragment: SDPFragment) async throws(ZegoError) -> SDPFragment?
    /// Forwards nothing more of a stream that the session publishes.
    func unpublish(_ session: SessionID, _ stream: StreamKey) async
    /// Sends nothing more of a stream to the session.
    func stopPlay(_ session: SessionID, _ stream: StreamKey) async
    /// Takes over a connection of ICE-TCP, for the session that its first frame names.
    func accept(_ stream: AcceptedStream)
    /// Ends the session's transport.
    func close(_ session: SessionID) async
    /// What was counted since the start.
    func statistics() async -> ForwarderStatistics
}

extension MediaSide {
    /// Of a media side without ICE-TCP: the connection is closed.
    package func accept(_ stream: AcceptedStream) {}
}
