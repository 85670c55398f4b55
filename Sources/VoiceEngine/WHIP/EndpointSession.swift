import RoomModel
import Transport

/// One session with a WHIP or WHEP server, from its first request to its last, as a state machine: told what happened and
/// when, it answers what to do (``EndpointAction``). It opens no socket and reads no clock.
///
/// ```
/// opening → (gathering) → describing → asking → applying → established → ending → ended
///                                        │ 307       ▲ 201      │ path lost: ICE restart by PATCH
///                                        └─ 406: describing → answering (WHEP's counter-offer)
/// ```
/// Where a session ends for a reason that may pass, ``Publisher`` and ``Player`` decide when the next one is begun.
///
/// Servers of the field are met where they are: see ``EndpointSession/received(_:to:now:)`` for what is made of their
/// answers.
package struct EndpointSession: Sendable {
    enum Phase: Equatable {
        case opening
        /// Until all candidates are known: the server does not take them later.
        case gathering(until: MonotonicTime)
        /// The offer, or the answer to the server's, is being made.
        case describing
        /// The offer is with the server.
        case asking
        /// The server's answer is being applied.
        case applying
        /// The answer to the server's offer is with the server.
        case answering
        case established
        /// The goodbye is with the server (or, stopped early, the offer still is).
        case ending(EndpointOutcome)
        case ended
    }

    enum Purpose: Equatable {
        case offer
        case counterAnswer
        case candidates
        case restart
        case goodbye
    }

    static let maximumRedirects = 5

    let kind: EndpointKind
    let credentials: EndpointCredentials
    /// An earlier session worked: the address is right, and a 404 may pass.
    let wasServed: Bool
    private let gathersFully: Bool

    var phase = Phase.opening
    /// Where the offer goes: the endpoint, or where it redirected to.
    var target: HTTPURL
    var redirects = 0
    /// The offer as it is sent (again, after a redirect).
    var description = ""
    /// The session's URL at the server.
    var resource: HTTPURL?
    var entityTag: String?

    var requestCount: UInt64 = 0
    /// The request whose answer counts; that of an older one does not.
    var inFlight: (number: UInt64, purpose: Purpose)?
    /// What the fragment that is being made is for.
    var fragmentPurpose: Purpose?

    /// Local candidates that the server does not know of.
    var candidates: [String] = []
    var isGathered = false
    var isEndTold = false
    /// The server takes no candidates after the offer.
    package internal(set) var refusesCandidates = false
    var refusesRestart = false

    /// Media can flow, or could at least once.
    package internal(set) var isConnected = false
    package internal(set) var wasConnected = false
    var connectBy = MonotonicTime.distantFuture
    var lostSince: MonotonicTime?
    var restartAt = MonotonicTime.distantFuture

    /// - Parameters:
    ///   - wasServed: an earlier session with this endpoint worked.
    ///   - gathersFully: the offer is to have all candidates in it.
    package init(kind: EndpointKind, credentials: EndpointCredentials, wasServed: Bool, gathersFully: Bool) {
        self.kind = kind
        self.credentials = credentials
        self.wasServed = wasServed
        self.gathersFully = gathersFully
        target = credentials.url
    }

    /// The server, as it may be shown.
    package var origin: String { credentials.url.origin }

    /// The server's name or address.
    package var host: String { target.host }

    /// When ``tick(now:)`` is due.
    package var deadline: MonotonicTime {
        switch phase {
        case .gathering(let until): return until
        case .established:
            let waitsForPath = isConnected ? .distantFuture : connectBy
            return min(waitsForPath, min(restartAt, giveUpAt))
        default: return .distantFuture
        }
    }

    // MARK: Beginning

    package mutating func start() -> [EndpointAction] { [.open] }

    /// The transport is there.
    package mutating func opened(now: MonotonicTime) -> [EndpointAction] {
        guard phase == .opening else { return [] }
        if gathersFully, !isGathered {
            phase = .gathering(until: now.advanced(byNanoseconds: EndpointTimes.gathering))
            return []
        }
        return describe()
    }

    /// There is no socket to be had.
    package mutating func notOpened(reason: String, now: MonotonicTime) -> [EndpointAction] {
        finish(.postponed(reason: reason, pause: nil, isWaiting: false))
    }

    private mutating func describe() -> [EndpointAction] {
        phase = .describing
        return [.offer]
    }

    /// The offer is made, or the answer to the server's.
    ///
    /// - Parameter isComplete: all candidates are in it.
    package mutating func described(_ sdp: String, isComplete: Bool, now: MonotonicTime) -> [EndpointAction] {
        guard phase == .describing else { return [] }
        isEndTold = isComplete
        isGathered = isGathered || isComplete
        description = sdp
        if let resource {
            phase = .answering
            return [send(.patch, resource, "application/sdp", sdp, .counterAnswer, EndpointTimes.offer)]
        }
        phase = .asking
        return [sendOffer()]
    }

    mutating func sendOffer() -> EndpointAction {
        send(.post, target, "application/sdp", description, .offer, EndpointTimes.offer)
    }

    // MARK: Candidates

    /// The transport has found a candidate, or (nil) there will be no more.
    package mutating func found(candidate: String?, now: MonotonicTime) -> [EndpointAction] {
        if let candidate {
            if candidates.count < 64 { candidates.append(candidate) }
        } else {
            isGathered = true
            if case .gathering = phase { return describe() }
        }
        return tellCandidates()
    }

    /// Brings the server what it does not know, when it can take it.
    mutating func tellCandidates() -> [EndpointAction] {
        guard phase == .established, resource != nil, inFlight == nil, fragmentPurpose == nil, !refusesCandidates,
            !candidates.isEmpty || (isGathered && !isEndTold)
        else { return [] }
        let told = candidates
        candidates = []
        isEndTold = isGathered
        fragmentPurpose = .candidates
        return [.makeFragment(candidates: told, isComplete: isGathered)]
    }

    /// The fragment with candidates that was asked for; nil: the transport has none to give.
    package mutating func made(fragment: String?, now: MonotonicTime) -> [EndpointAction] {
        // An ICE restart that was begun meanwhile tells all candidates.
        guard fragmentPurpose == .candidates else { return [] }
        return sendFragment(fragment, .candidates, match: entityTag)
    }

    /// The fragment that begins an ICE restart; nil: the transport can have none.
    package mutating func restarting(fragment: String?, now: MonotonicTime) -> [EndpointAction] {
        guard fragmentPurpose == .restart else { return [] }
        candidates = []
        isEndTold = isGathered
        return sendFragment(fragment, .restart, match: "*")
    }

    private mutating func sendFragment(_ fragment: String?, _ purpose: Purpose, match: String?) -> [EndpointAction] {
        fragmentPurpose = nil
        guard phase == .established, let resource, let fragment else { return [] }
        return [
            send(
                .patch, resource, "application/trickle-ice-sdpfrag", fragment, purpose, EndpointTimes.fragment,
                match: match)
        ]
    }

    // MARK: Ending

    /// The stream is stopped: says goodbye.
    package mutating func stop() -> [EndpointAction] {
        switch phase {
        case .opening, .gathering, .describing, .applying, .answering, .established: return leave(.stopped)
        case .asking:
            // The server may be making a session of it, which then has to be ended.
            phase = .ending(.stopped)
            return [.close]
        case .ending:
            phase = .ending(.stopped)
            return []
        case .ended: return []
        }
    }

    /// Time has passed.
    package mutating func tick(now: MonotonicTime) -> [EndpointAction] {
        switch phase {
        case .gathering(let until): return now >= until ? describe() : []
        case .established: return watchPath(now: now)
        default: return []
        }
    }

    /// Closes the transport and ends the server's session, if there is one.
    mutating func leave(_ outcome: EndpointOutcome) -> [EndpointAction] {
        guard let resource else { return finish(outcome) }
        phase = .ending(outcome)
        return [.close, send(.delete, resource, nil, "", .goodbye, EndpointTimes.goodbye)]
    }

    mutating func finish(_ outcome: EndpointOutcome) -> [EndpointAction] {
        guard phase != .ended else { return [] }
        phase = .ended
        inFlight = nil
        return [.close, .end(outcome)]
    }

    // MARK: Requests

    mutating func send(
        _ method: EndpointRequest.Method, _ url: HTTPURL, _ type: String?, _ body: String, _ purpose: Purpose,
        _ timeout: Int64, match: String? = nil
    ) -> EndpointAction {
        requestCount += 1
        inFlight = (requestCount, purpose)
        var headers: [(name: String, value: String)] = []
        if let authorization = credentials.authorization(for: url) { headers.append(("Authorization", authorization)) }
        if let type { headers.append(("Content-Type", type)) }
        if purpose == .offer { headers.append(("Accept", "application/sdp")) }
        if let match { headers.append(("If-Match", match)) }
        return .send(
            EndpointRequest(
                number: requestCount, method: method, url: url, headers: headers, body: body, timeout: timeout))
    }
}
