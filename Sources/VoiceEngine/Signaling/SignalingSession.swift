import JSONRPC
import RoomModel

/// The client's side of one session with a room server: numbers the requests, keeps those without an answer, reads what
/// comes, and knows what a new connection has to say to go on. A value; it sends nothing itself.
package struct SignalingSession: Sendable {
    /// What a text of the server means.
    package enum Incoming: Sendable, Equatable {
        case challenge(Challenge)
        /// The answer to the request with this id.
        case reply(id: Int64, result: Result<JSONValue, JSONRPCError>)
        case notification(SignalingNotification)
        /// Seen already (after a resume), or an answer that nobody waits for.
        case nothing
    }

    private struct Unanswered {
        let id: Int64
        let text: String
        /// Goes out again on the next connection of the session.
        let repeats: Bool
    }

    /// Set by the first login.
    package private(set) var sessionID: String?
    private var resumeKey = ""
    /// The `seq` of the last notification that was taken.
    package private(set) var lastSeq: UInt64 = 0
    private var nextID: Int64 = 1
    private var unanswered: [Unanswered] = []

    package init() {}

    /// A request, ready to be sent.
    ///
    /// - Parameter repeats: false for what belongs to one connection (a login with its proof, a resume, a ping): it is not
    ///   repeated on the next one, and ``connectionLost()`` gives it up.
    package mutating func request(
        _ method: String, params: JSONValue, repeats: Bool
    ) -> (id: Int64, text: String) {
        let id = nextID
        nextID += 1
        let text = JSONRPCRequest(id: .integer(id), method: method, params: params).json.description
        unanswered.append(Unanswered(id: id, text: text, repeats: repeats))
        return (id, text)
    }

    /// Nobody waits for this answer any more.
    package mutating func abandon(_ id: Int64) {
        unanswered.removeAll { $0.id == id }
    }

    /// A login was accepted: from now on the session can be resumed.
    package mutating func established(sessionID: String, resumeKey: String) {
        self.sessionID = sessionID
        self.resumeKey = resumeKey
    }

    /// What the next connection of this session begins with; nil when there is no session.
    package var resumeRequest: ResumeRequest? {
        sessionID.map { ResumeRequest(sessionID: $0, resumeKey: resumeKey, lastSeq: lastSeq) }
    }

    /// The texts to send again, in their order, once the session is resumed.
    package var repetitions: [String] { unanswered.filter(\.repeats).map(\.text) }

    /// The connection broke; answers the requests that are lost with it.
    package mutating func connectionLost() -> [Int64] {
        let lost = unanswered.filter { !$0.repeats }.map(\.id)
        unanswered.removeAll { !$0.repeats }
        return lost
    }

    /// The session is over; answers the requests that will get no answer. Ids go on counting.
    package mutating func ended() -> [Int64] {
        let lost = unanswered.map(\.id)
        unanswered = []
        sessionID = nil
        resumeKey = ""
        lastSeq = 0
        return lost
    }

    /// Reads one text frame. Throws (a rejection, a `JSONShapeError` or a `ZegoError`) for what the server should not
    /// have sent; the session goes on.
    package mutating func receive(_ text: [UInt8]) throws -> Incoming {
        guard case .message(let message) = try JSONRPCInput(parsing: text) else {
            throw JSONShapeError(path: "", expected: "one message", got: "a batch")
        }
        switch message {
        case .response(let response):
            guard case .integer(let id) = response.id, let index = unanswered.firstIndex(where: { $0.id == id }) else {
                return .nothing
            }
            unanswered.remove(at: index)
            return .reply(id: id, result: response.result)
        case .request(let request):
            if request.method == Challenge.method {
                return .challenge(try Challenge(json: request.params ?? .null))
            }
            return take(try NumberedNotification(method: request.method, params: request.params ?? .null))
        }
    }

    /// A notification, from the connection or from the answer to a resume: each is taken once.
    package mutating func take(_ numbered: NumberedNotification) -> Incoming {
        guard numbered.seq > lastSeq else { return .nothing }
        lastSeq = numbered.seq
        return .notification(numbered.notification)
    }
}
