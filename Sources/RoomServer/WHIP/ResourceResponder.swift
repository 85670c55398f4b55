import JSONRPC
import NIOHTTP1
import RoomModel
import WebRTC

/// The table of WHIP and WHEP: from a request to its answer.
struct ResourceResponder: Sendable {
    let service: SignalingService

    private static let allowedAtEndpoints = "GET, HEAD, OPTIONS, POST"
    private static let allowedAtSessions = "GET, HEAD, OPTIONS, PATCH, DELETE"

    func answer(_ request: ResourceHTTPRequest) async -> ResourceAnswer {
        switch request.path {
        case .nothing: return Self.noSuchPath
        case .faulty(let error): return .problem(error)
        case .publishing(let appID, let roomID, let streamID):
            return await answerAtEndpoint(request, appID, .publish(streamID, roomID))
        case .playing(let appID, let streamID): return await answerAtEndpoint(request, appID, .play(streamID))
        case .session(let kind, let session): return await answerAtSession(request, kind, session)
        }
    }

    private static let noSuchPath = ResourceAnswer.problem(
        .notFound,
        "Publish at /whip/{appID}/{roomID}/{streamID}, play at /whep/{appID}/{streamID}; sessions are where Location said."
    )

    private static func notAllowed(_ allowed: String) -> ResourceAnswer {
        .problem(.methodNotAllowed, "The methods here are \(allowed).", headers: [("Allow", allowed)])
    }

    /// The answer to a CORS preflight and to any other OPTIONS.
    private static func options(_ allowed: String, isEndpoint: Bool) -> ResourceAnswer {
        var headers = [
            ("Allow", allowed), ("Access-Control-Allow-Methods", allowed),
            ("Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match"),
            ("Access-Control-Max-Age", "86400"),
        ]
        if isEndpoint { headers.append(("Accept-Post", MediaType.sdp.rawValue)) }
        return ResourceAnswer(status: .noContent, headers: headers)
    }

    private static let draining = ResourceAnswer.problem(
        .serviceUnavailable, "The server is draining: it lets nobody new in.", headers: [("Retry-After", "2")])

    private static let noToken = ResourceAnswer.problem(
        .unauthorized, "The token is missing: Authorization: Bearer <token>.",
        headers: [("WWW-Authenticate", "Bearer realm=\"zego\"")], error: .noToken)

    private static func unsupported(_ wanted: MediaType, at request: ResourceHTTPRequest) -> ResourceAnswer {
        let field = request.head.method == .POST ? "Accept-Post" : "Accept"
        return .problem(
            .unsupportedMediaType, "The body has to be \(wanted.rawValue).", headers: [(field, wanted.rawValue)])
    }

    // MARK: Endpoints

    private func answerAtEndpoint(
        _ request: ResourceHTTPRequest, _ appID: AppID, _ use: ResourceRequest.Use
    ) async -> ResourceAnswer {
        switch request.head.method {
        case .OPTIONS: return Self.options(Self.allowedAtEndpoints, isEndpoint: true)
        case .GET, .HEAD: return ResourceAnswer(status: .noContent)
        case .POST: return await create(request, appID, use)
        default: return Self.notAllowed(Self.allowedAtEndpoints)
        }
    }

    private func create(
        _ request: ResourceHTTPRequest, _ appID: AppID, _ use: ResourceRequest.Use
    ) async -> ResourceAnswer {
        guard await !service.isDraining else { return Self.draining }
        guard request.mediaType == .sdp else { return Self.unsupported(.sdp, at: request) }
        guard let token = request.bearerToken else { return Self.noToken }
        let kind: ResourceKind = if case .publish = use { .whip } else { .whep }
        do throws(OfferRules.Refusal) {
            let (offer, mid, credentials) = try OfferRules(kind: kind).check(request.body)
            let creation = ResourceRequest(
                appID: appID, use: use, token: token, address: request.address, offer: offer, mid: mid)
            return await create(creation, credentials, at: request)
        } catch {
            switch error {
            case .syntax(let reason): return .problem(.badRequest, "The offer is no SDP: \(reason).")
            case .unacceptable(let reason): return .problem(.unprocessableEntity, "The offer is refused: \(reason).")
            }
        }
    }

    private func create(
        _ creation: ResourceRequest, _ credentials: ICECredentials, at request: ResourceHTTPRequest
    ) async -> ResourceAnswer {
        do throws(ZegoError) {
            let created = try await service.create(creation, credentials: credentials)
            let location = request.baseURL + ResourcePath.path(creation.kind, created.session)
            let links = ResourceLinks.fields(created.iceServers)
            return ResourceAnswer(
                status: .created, headers: [("Location", location), ("ETag", created.entityTag)] + links,
                mediaType: .sdp, body: created.answer)
        } catch {
            return .problem(error)
        }
    }

    // MARK: Sessions

    private func answerAtSession(
        _ request: ResourceHTTPRequest, _ kind: ResourceKind, _ session: SessionID
    ) async -> ResourceAnswer {
        switch request.head.method {
        case .OPTIONS: return Self.options(Self.allowedAtSessions, isEndpoint: false)
        case .GET, .HEAD, .PATCH, .DELETE: break
        default: return Self.notAllowed(Self.allowedAtSessions)
        }
        guard await service.resource(kind, session) != nil else {
            return .problem(.notFound, "There is no such session (any more).")
        }
        if request.head.method == .GET || request.head.method == .HEAD { return ResourceAnswer(status: .noContent) }
        guard let token = request.bearerToken else { return Self.noToken }
        do throws(ZegoError) {
            try await service.checkResource(session, token: token, address: request.address)
            if request.head.method == .PATCH { return try await patch(request, session) }
            // Entity tags mean nothing here (RFC 9725, section 4.2).
            await service.delete(session)
            return ResourceAnswer(status: .ok)
        } catch {
            return .problem(error)
        }
    }

    private func patch(
        _ request: ResourceHTTPRequest, _ session: SessionID
    ) async throws(ZegoError) -> ResourceAnswer {
        guard request.mediaType == .fragment else { return Self.unsupported(.fragment, at: request) }
        guard let condition = EntityTagCondition(fields: request.fields("If-Match")) else {
            return .problem(.preconditionRequired, "If-Match is missing: the session's ETag, or * for an ICE restart.")
        }
        let fragment: SDPFragment
        do {
            guard let text = String(validating: request.body, as: UTF8.self) else {
                return .problem(.badRequest, "The fragment is not UTF-8.")
            }
            fragment = try SDPFragment(text)
        } catch {
            return .problem(.badRequest, "The fragment is faulty: \(error).")
        }
        switch try await service.patch(session, fragment, condition: condition) {
        case nil:
            return .problem(.preconditionFailed, "If-Match names another ICE session than the present one.")
        case .applied: return ResourceAnswer(status: .noContent)
        case .restarted(let reply, let tag):
            return ResourceAnswer(status: .ok, headers: [("ETag", tag)], mediaType: .fragment, body: reply.write())
        }
    }
}
