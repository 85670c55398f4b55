import RoomModel
import RoomServer
import Synchronization
import Transport
import WebRTC

/// A media side that answers every offer with a word and keeps count of its sessions.
final class StandInMedia: MediaSide {
    let port: UInt16
    private let sessions = Mutex<Set<SessionID>>([])

    private let stopping: @Sendable () async -> Void

    /// `stopping`: what a test does while the server waits for the media side to stop.
    init(_ setup: MediaSetup, stopping: @escaping @Sendable () async -> Void = {}) {
        port = setup.listen.port
        self.stopping = stopping
    }

    var heartbeats: [UInt64] { [1] }
    var openSessions: Int { sessions.withLock { $0.count } }

    func start() async throws {}
    func stop() async { await stopping() }

    func open(_ session: SessionID, events: @escaping @Sendable (ForwarderSessionEvent) -> Void) async {
        _ = sessions.withLock { $0.insert(session) }
        events(.connected)
    }

    func negotiate(
        _ session: SessionID, offer: String, tracks: [TrackRequest]
    ) async throws(ZegoError) -> MediaAnswer {
        MediaAnswer(sdp: "answer to \(offer)")
    }

    func addCandidate(_ session: SessionID, candidate: String?, usernameFragment: String?) async {}
    func apply(_ session: SessionID, _ fragment: SDPFragment) async throws(ZegoError) -> SDPFragment? { nil }
    func unpublish(_ session: SessionID, _ stream: StreamKey) async {}
    func stopPlay(_ session: SessionID, _ stream: StreamKey) async {}

    func close(_ session: SessionID) async {
        _ = sessions.withLock { $0.remove(session) }
    }

    func statistics() async -> ForwarderStatistics { ForwarderStatistics() }
}
