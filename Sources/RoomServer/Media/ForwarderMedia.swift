import MediaIO
import RoomModel
import Transport
import WebRTC

/// The forwarder as the media side of signalling: knows which of its sessions belongs to which of ours.
actor ForwarderMedia: MediaSide {
    private nonisolated let forwarder: Forwarder
    private var sessions: [SessionID: ForwarderSession] = [:]

    /// Binds the UDP port; throws what the forwarder throws.
    init(_ setup: MediaSetup) throws {
        forwarder = try Forwarder(
            configuration: ForwarderConfiguration(
                listenAddresses: [setup.listen], port: setup.listen.port, advertisedAddresses: setup.advertise,
                acceptsStreams: true, workers: setup.workers, logger: setup.logger))
    }

    nonisolated var port: UInt16 { forwarder.port }

    nonisolated var heartbeats: [UInt64] { forwarder.heartbeats }

    func start() async throws { try await forwarder.start() }

    func stop() async { await forwarder.stop() }

    func open(_ session: SessionID, events: @escaping @Sendable (ForwarderSessionEvent) -> Void) async {
        // A failure (the forwarder is full) is told by the first negotiation.
        sessions[session] = try? await forwarder.makeSession(events: events)
    }

    func negotiate(
        _ session: SessionID, offer: String, tracks: [TrackRequest]
    ) async throws(ZegoError) -> MediaAnswer {
        guard let transport = sessions[session] else {
            throw ZegoError(.roomInnerError, detail: "the server has no room for another transport")
        }
        do throws(ForwarderError) {
            let result = try await forwarder.negotiate(transport, offer: offer, tracks: tracks)
            var refused: [String: ZegoErrorCode] = [:]
            for track in result.tracks where track.failure != nil { refused[track.mid] = .illegalParameter }
            return MediaAnswer(sdp: result.answer, refused: refused)
        } catch {
            throw Self.translate(error, of: "the offer")
        }
    }

    func apply(_ session: SessionID, _ fragment: SDPFragment) async throws(ZegoError) -> SDPFragment? {
        guard let transport = sessions[session] else {
            throw ZegoError(.roomInnerError, detail: "the transport has ended")
        }
        do throws(ForwarderError) {
            return try await forwarder.apply(fragment, to: transport)
        } catch {
            throw Self.translate(error, of: "the fragment")
        }
    }

    nonisolated func accept(_ stream: AcceptedStream) { forwarder.accept(stream) }

    private static func translate(_ error: ForwarderError, of what: String) -> ZegoError {
        switch error {
        case .faultyOffer(let reason): ZegoError(.illegalParameter, detail: "\(what) is faulty: \(reason)")
        case .noSuchSession: ZegoError(.roomInnerError, detail: "the transport has ended")
        case .full: ZegoError(.roomInnerError, detail: "the server is full")
        case .internalFailure(let reason): ZegoError(.roomInnerError, detail: reason)
        }
    }

    func addCandidate(_ session: SessionID, candidate: String?, usernameFragment: String?) async {
        guard let transport = sessions[session], let candidate else { return }
        await forwarder.addCandidate(transport, candidate, usernameFragment: usernameFragment)
    }

    func unpublish(_ session: SessionID, _ stream: StreamKey) async {
        if let transport = sessions[session] { await forwarder.unpublish(transport, stream) }
    }

    func stopPlay(_ session: SessionID, _ stream: StreamKey) async {
        if let transport = sessions[session] { await forwarder.stopPlay(transport, stream) }
    }

    func close(_ session: SessionID) async {
        if let transport = sessions.removeValue(forKey: session) { await forwarder.close(transport) }
    }

    func statistics() async -> ForwarderStatistics { await forwarder.statistics() }
}
