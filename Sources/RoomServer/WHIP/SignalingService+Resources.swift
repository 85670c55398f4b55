import RoomModel
import Transport
import WebRTC

/// The sessions of WHIP and WHEP clients.
extension SignalingService {
    /// Admits a client and waits for the answer to its offer.
    func create(
        _ request: ResourceRequest, credentials: ICECredentials
    ) async throws(ZegoError) -> ResourceCreation {
        let session: SessionID
        do throws(ZegoError) {
            session = try machine.openResource(request, now: .now())
        } catch {
            perform()
            throw error
        }
        var random = RandomSource.system
        let tag = "\"\(random.token(22))\""
        resources[session] = Resource(kind: request.kind, entityTag: tag, credentials: credentials)
        let outcome = await withCheckedContinuation { continuation in
            resourceWaiters[session] = continuation
            perform()
        }
        let answer = try outcome.get().sdp
        return ResourceCreation(
            session: session, answer: answer, entityTag: tag, iceServers: machine.iceServers(of: session))
    }

    /// The outcome of an offer, or the end of the session before there was one.
    func resourceAnswered(_ session: SessionID, _ outcome: Result<MediaAnswer, ZegoError>) {
        resourceWaiters.removeValue(forKey: session)?.resume(returning: outcome)
    }

    func resourceEnded(_ session: SessionID) {
        resources[session] = nil
        let error = ZegoError(.roomInnerError, detail: "the session has ended")
        resourceAnswered(session, .failure(error))
    }

    /// The session of a path; nil when there is none, or one of the other kind.
    func resource(_ kind: ResourceKind, _ session: SessionID) -> Resource? {
        resources[session].flatMap { $0.kind == kind ? $0 : nil }
    }

    /// Throws what the bearer of the token is refused with.
    func checkResource(_ session: SessionID, token: String, address: String) throws(ZegoError) {
        try machine.checkResource(session, token: token, address: address, now: .now())
    }

    /// Takes a fragment of the client. Nil: there is no such session any more, or `condition` does not hold.
    ///
    /// Whether it is a restart, and which entity tag comes then, is settled before anything is waited for: of requests that
    /// overlap, those that name the old tag fail.
    func patch(
        _ session: SessionID, _ fragment: SDPFragment, condition: EntityTagCondition
    ) async throws(ZegoError) -> ResourcePatch? {
        guard let before = resources[session], condition.matches(before.entityTag), let transport = transports[session]
        else { return nil }
        let credentials = fragment.credentials ?? before.credentials
        let isRestart = credentials != before.credentials
        if isRestart {
            var random = RandomSource.system
            resources[session]?.entityTag = "\"\(random.token(22))\""
            resources[session]?.credentials = credentials
        }
        let tag = resources[session]?.entityTag
        let outcome = await withCheckedContinuation { continuation in
            let command = MediaCommand.apply(fragment) { continuation.resume(returning: $0) }
            if case .enqueued = transport.commands.yield(command) { return }
            continuation.resume(returning: .failure(ZegoError(.roomInnerError, detail: "the session has ended")))
        }
        do throws(ZegoError) {
            guard let reply = try outcome.get(), let tag else { return .applied }
            return .restarted(reply, entityTag: tag)
        } catch {
            // A restart that failed leaves the session as it was, unless another one has come since.
            if isRestart, resources[session]?.entityTag == tag { resources[session] = before }
            throw error
        }
    }

    /// The client left.
    func delete(_ session: SessionID) {
        machine.closeResource(session, now: .now())
        perform()
    }
}
