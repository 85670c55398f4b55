import RoomModel
import Testing
import Transport
import VoiceEngine

/// An ``EndpointSession`` in virtual time: a transport that always works, and a server that answers from a script.
struct ScriptedEndpoint {
    static let sdp = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n"
    static let fragment = "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n"

    /// What the script makes of a request.
    enum Answer {
        case response(EndpointResponse)
        case failure(String, isRefused: Bool)
        /// Nothing, for the present.
        case silence
    }

    var session: EndpointSession
    private(set) var now = MonotonicTime.zero
    private(set) var requests: [EndpointRequest] = []
    private(set) var actions: [EndpointAction] = []
    var script: [Answer]
    /// Whether the transport's offer has all candidates in it.
    var isComplete = true
    var appliesAnswers = true

    init(
        _ kind: EndpointKind = .whip, url: String = "https://h/whip/a", token: String? = "secret-token",
        wasServed: Bool = false, gathersFully: Bool = false, script: [Answer]
    ) throws {
        session = EndpointSession(
            kind: kind, credentials: try EndpointCredentials(MediaEndpoint(url: url, bearerToken: token)),
            wasServed: wasServed, gathersFully: gathersFully)
        self.script = script
    }

    static func reply(_ status: Int, _ headers: [(String, String)] = [], body: String = "") -> Answer {
        .response(EndpointResponse(status: status, headers: headers.map { ($0.0, $0.1) }, body: body))
    }

    /// 201 as the standards have it.
    static func created(_ location: String? = "/s/1", etag: String? = "\"e1\"", _ more: [(String, String)] = [])
        -> Answer
    {
        reply(
            201, (location.map { [("Location", $0)] } ?? []) + (etag.map { [("ETag", $0)] } ?? []) + more, body: sdp)
    }

    var outcome: EndpointOutcome? {
        for case .end(let outcome) in actions { return outcome }
        return nil
    }

    func did(_ action: EndpointAction) -> Bool { actions.contains(action) }

    mutating func start() { perform(session.start()) }

    mutating func tell(_ change: (inout EndpointSession, MonotonicTime) -> [EndpointAction]) {
        perform(change(&session, now))
    }

    /// Lets time pass, with every deadline in it.
    mutating func advance(_ seconds: Double) {
        let end = now.advanced(byNanoseconds: Int64(seconds * 1e9))
        while session.deadline <= end {
            now = max(now, session.deadline)
            let before = session.deadline
            perform(session.tick(now: now))
            if session.deadline == before { now = now.advanced(byNanoseconds: 1_000_000) }
        }
        now = max(now, end)
    }

    private mutating func perform(_ list: [EndpointAction]) {
        for action in list {
            actions.append(action)
            switch action {
            case .open: perform(session.opened(now: now))
            case .offer: perform(session.described("v=0 offer", isComplete: isComplete, now: now))
            case .answer: perform(session.described("v=0 answer", isComplete: true, now: now))
            case .send(let request):
                requests.append(request)
                answer(request)
            case .apply:
                perform(appliesAnswers ? session.applied(now: now) : session.notApplied(reason: "no Opus", now: now))
            case .makeFragment(let candidates, let isComplete):
                perform(session.made(fragment: "\(candidates) \(isComplete)", now: now))
            case .restartICE: perform(session.restarting(fragment: "restart", now: now))
            case .use, .addCandidates, .applyRestart, .rollBackRestart, .accepted, .close, .end: break
            }
        }
    }

    private mutating func answer(_ request: EndpointRequest) {
        guard !script.isEmpty else { return }
        switch script.removeFirst() {
        case .response(let response): perform(session.received(response, to: request.number, now: now))
        case .failure(let reason, let isRefused):
            perform(session.failed(request.number, reason: reason, isRefused: isRefused, now: now))
        case .silence: break
        }
    }
}
