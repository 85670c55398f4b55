import RoomModel
import RoomServer
import Synchronization
import Transport

/// A media side that answers every offer with a word and keeps count of its sessions.
final class StandInMedia: MediaSide {
    let port: UInt16
    private let sessions = Mutex<Set<SessionID>>([])

    init(_ setup: MediaSetup) {
        port = setup.listen.port
    }

    var heartbeats: [UInt64] { [1] }
    var openSessions: Int { sessions.withLock { $0.count } }

    func start() async throws {}
    func stop() async {}

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
    func unpublish(_ session: SessionID, _ stream: StreamKey) async {}
    func stopPlay(_ session: SessionID, _ stream: StreamKey) async {}

    func close(_ session: SessionID) async {
        _ = sessions.withLock { $0.remove(session) }
    }

    func statistics() async -> ForwarderStatistics { ForwarderStatistics() }
}
