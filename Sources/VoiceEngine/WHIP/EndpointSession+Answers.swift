import RoomModel
import Transport

// What is made of the server's answers, those of servers in the field included.
extension EndpointSession {
    /// The answer to a request has come.
    ///
    /// An offer is answered by 2xx with a description (201 it should be), with or without `Location` and `ETag`; by 307
    /// or 308, which are followed; by 406 with a counter-offer (WHEP); by 401 and 403, which are final, as are all other
    /// 3xx and 4xx but 408, 409, 425 and 429; by 5xx, which may pass.
    package mutating func received(
        _ response: EndpointResponse, to number: UInt64, now: MonotonicTime
    ) -> [EndpointAction] {
        guard let request = inFlight, request.number == number else { return [] }
        inFlight = nil
        switch request.purpose {
        case .offer: return takeOfferAnswer(response, now)
        case .counterAnswer:
            guard phase == .answering else { return [] }
            return (200..<300).contains(response.status) ? applied(now: now, takes: response) : refuse(response)
        case .candidates: return takeCandidatesAnswer(response, now)
        case .restart: return takeRestartAnswer(response, now)
        case .goodbye: return takeGoodbyeAnswer()
        }
    }

    /// A request has come to nothing.
    ///
    /// - Parameter isRefused: nobody listens at the server's port.
    package mutating func failed(
        _ number: UInt64, reason: String, isRefused: Bool, now: MonotonicTime
    ) -> [EndpointAction] {
        guard let request = inFlight, request.number == number else { return [] }
        inFlight = nil
        switch request.purpose {
        case .offer, .counterAnswer:
            if case .ending(let outcome) = phase { return finish(outcome) }
            return leave(.postponed(reason: reason, pause: nil, isWaiting: false))
        case .candidates: return []
        case .restart: return restartFailed(reason: reason, isRefused: isRefused, now: now)
        case .goodbye: return takeGoodbyeAnswer()
        }
    }

    private mutating func takeGoodbyeAnswer() -> [EndpointAction] {
        guard case .ending(let outcome) = phase else { return [] }
        phase = .ended
        return [.end(outcome)]
    }

    // MARK: The offer's

    private mutating func takeOfferAnswer(_ response: EndpointResponse, _ now: MonotonicTime) -> [EndpointAction] {
        if case .ending(let outcome) = phase {
            // Stopped meanwhile: what the server made of the offer is ended.
            takeResource(response)
            let isThere = (200..<300).contains(response.status) || response.status == 406
            return isThere ? leave(outcome) : finish(outcome)
        }
        guard phase == .asking else { return [] }
        switch response.status {
        case 200..<300:
            takeResource(response)
            guard response.hasDescription else {
                return refuse(
                    response.isTruncated
                        ? "the server's answer is longer than \(EndpointResponse.maximumBody) bytes"
                        : "the server answered \(response.status) without a session description")
            }
            phase = .applying
            let servers = response.iceServers
            return (servers.isEmpty ? [] : [.use(servers)]) + [.apply(answer: response.body)]
        case 307, 308: return follow(response)
        case 406 where kind == .whep && response.hasDescription && response.header("Location") != nil:
            takeResource(response)
            phase = .describing
            return [.answer(offer: response.body)]
        default: return refuse(response)
        }
    }

    private mutating func takeResource(_ response: EndpointResponse) {
        resource = response.header("Location").flatMap { target.resolving($0.trimmedOfSpaces) }
        entityTag = response.entityTag
    }

    private mutating func follow(_ response: EndpointResponse) -> [EndpointAction] {
        redirects += 1
        guard redirects <= Self.maximumRedirects else {
            return refuse("the server redirects more than \(Self.maximumRedirects) times")
        }
        guard let next = response.header("Location").flatMap({ target.resolving($0.trimmedOfSpaces) }) else {
            return refuse("the server redirects (\(response.status)) without saying where to")
        }
        guard target.scheme == "http" || next.scheme == "https" else {
            return refuse("the server redirects from https to \(next.origin), which is not followed")
        }
        target = next
        return [sendOffer()]
    }

    private mutating func refuse(_ response: EndpointResponse) -> [EndpointAction] {
        let text = ProblemText.make(response, credentials)
        let pause = response.retryAfter
        switch response.status {
        case 401, 403, 407:
            let code = kind == .whip ? ZegoErrorCode.publishAuthenticationFailed : .playAuthenticationFailed
            let isWithheld = credentials.authorization != nil && credentials.authorization(for: target) == nil
            let why =
                isWithheld
                ? "; it redirected to \(target.origin), and the credentials are for \(credentials.url.origin) only" : ""
            return leave(.refused(code, reason: "the \(kind.name) server answered \(text)\(why)"))
        case 409:
            return leave(
                .postponed(reason: "the server answered \(text)", pause: pause, isWaiting: kind == .whep))
        case 404 where wasServed, 410 where wasServed:
            return leave(
                .postponed(reason: "the server answered \(text)", pause: pause, isWaiting: kind == .whep))
        case 408, 425, 429, 500...:
            return leave(.postponed(reason: "the server answered \(text)", pause: pause, isWaiting: false))
        case 300..<400:
            let place = response.header("Location").flatMap { target.resolving($0.trimmedOfSpaces) }?.origin
            return refuse(
                "the server redirects by \(response.status), which \(kind.name) does not allow"
                    + (place.map { "; use its URL at \($0)" } ?? ""))
        default: return refuse("the \(kind.name) server answered \(text)")
        }
    }

    /// Ends it for good.
    mutating func refuse(_ reason: String) -> [EndpointAction] {
        leave(.refused(kind == .whip ? .publishFailed : .playFailed, reason: reason))
    }

    /// The server's answer is in force.
    package mutating func applied(now: MonotonicTime) -> [EndpointAction] {
        guard phase == .applying else { return [] }
        return establish(now)
    }

    private mutating func applied(now: MonotonicTime, takes response: EndpointResponse) -> [EndpointAction] {
        entityTag = response.entityTag ?? entityTag
        let servers = response.iceServers
        return (servers.isEmpty ? [] : [.use(servers)]) + establish(now)
    }

    private mutating func establish(_ now: MonotonicTime) -> [EndpointAction] {
        phase = .established
        if !isConnected { connectBy = now.advanced(byNanoseconds: EndpointTimes.connecting) }
        return [.accepted] + tellCandidates()
    }

    /// The description could not be made, or the server's is of no use.
    package mutating func notApplied(reason: String, now: MonotonicTime) -> [EndpointAction] {
        guard phase == .describing || phase == .applying else { return [] }
        return refuse("the session description of the server is of no use: \(reason)")
    }

    // MARK: The fragments'

    private mutating func takeCandidatesAnswer(_ response: EndpointResponse, _ now: MonotonicTime) -> [EndpointAction] {
        guard phase == .established else { return [] }
        switch response.status {
        case 200..<300:
            // Some tell candidates of their own in reply.
            return (response.hasFragment ? [.addCandidates(fragment: response.body)] : []) + tellCandidates()
        case 412, 429, 502, 503, 504: return []  // An older generation's, or too much at present.
        default:
            refusesCandidates = true
            // Without them there may be no path: then the next offer has them all in it.
            if !isConnected {
                connectBy = min(connectBy, now.advanced(byNanoseconds: EndpointTimes.connecting / 4))
            }
            return []
        }
    }

    private mutating func takeRestartAnswer(_ response: EndpointResponse, _ now: MonotonicTime) -> [EndpointAction] {
        guard phase == .established else { return [] }
        switch response.status {
        case 200..<300 where response.hasFragment:
            entityTag = response.entityTag ?? entityTag
            return [.applyRestart(fragment: response.body)] + tellCandidates()
        case 404, 410:
            resource = nil
            return giveUp("the server does not know the session any more", now)
        case 408, 425, 429, 500, 502, 503, 504:
            return restartFailed(
                reason: "the server answered \(ProblemText.make(response, credentials))", isRefused: false, now: now)
        default:
            refusesRestart = true
            restartAt = .distantFuture
            return [.rollBackRestart] + watchPath(now: now)
        }
    }
}
