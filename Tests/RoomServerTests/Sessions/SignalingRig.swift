import JSONRPC
import RoomModel
import RoomServer
import Testing
import Transport

/// A signalling machine in virtual time with clients at its connections and a media side that answers every offer.
final class SignalingRig {
    /// The wall clock, which stands unless a test moves it.
    final class WallTime {
        var milliseconds = 1_700_000_000_000.0
    }

    private(set) var now = MonotonicTime.zero
    let app: AppCredentials
    let machine: SignalingMachine
    let wallClock = WallTime()
    private(set) var messages: [ConnectionID: [JSONValue]] = [:]
    private(set) var closed: [ConnectionID: CloseReason] = [:]
    /// What the media side was asked, in words.
    private(set) var mediaCalls: [String] = []
    /// Offers that wait for ``answerOffers(_:)`` when the media side does not answer by itself.
    private(set) var offers: [(session: SessionID, ticket: UInt64, tracks: [TrackRequest])] = []
    private(set) var openTransports: [SessionID] = []
    var answersOffers = true
    private(set) var resourceOutcomes: [SessionID: Result<MediaAnswer, ZegoError>] = [:]
    private(set) var endedResources: [SessionID] = []
    private(set) var webhookEvents: [WebhookEvent] = []
    private var lastConnection: UInt64 = 0

    init(settings: SignalingSettings = SignalingSettings()) throws {
        var random = RandomSource.seeded(7)
        let app = try AppCredentials(random: &random)
        self.app = app
        machine = SignalingMachine(
            settings: settings, random: .seeded(11), credentials: { $0 == app.appID ? app : nil },
            wallClock: { [wallClock] in wallClock.milliseconds })
    }

    /// A new connection, with its challenge read.
    func connect(from address: String = "192.0.2.1") throws -> SignalingRigClient {
        lastConnection += 1
        let connection = ConnectionID(lastConnection)
        machine.open(connection, address: address, now: now)
        pump()
        return try SignalingRigClient(rig: self, connection: connection)
    }

    /// A client that is logged in to a room.
    func client(
        _ userID: String, room: String = "room1", notify: Bool = true, maxMemberCount: UInt32 = 0
    ) throws -> SignalingRigClient {
        let client = try connect()
        try client.login(userID, room: room, notify: notify, maxMemberCount: maxMemberCount)
        return client
    }

    /// Lets time pass in steps of 250 ms, as the server does; `keeping` are clients that ping every two seconds.
    func advance(milliseconds: Int64, keeping: [SignalingRigClient] = []) throws {
        let end = now.advanced(byMilliseconds: milliseconds)
        var nextPing = now
        while now < end {
            now = min(end, now.advanced(byMilliseconds: 250))
            machine.advance(now)
            pump()
            if now >= nextPing {
                nextPing = now.advanced(byMilliseconds: 2000)
                for client in keeping { _ = try client.result("ping", ["time": 1]) }
            }
        }
    }

    func receive(_ connection: ConnectionID, _ text: [UInt8]) {
        machine.receive(connection, text: text, now: now)
        pump()
    }

    /// Does something to the machine and carries out what follows.
    @discardableResult
    func perform<Value>(_ body: (SignalingMachine, MonotonicTime) throws -> Value) rethrows -> Value {
        defer { pump() }
        return try body(machine, now)
    }

    /// Comes by WHIP or WHEP.
    func open(_ request: ResourceRequest) throws -> SessionID {
        defer { pump() }
        return try machine.openResource(request, now: now)
    }

    func close(_ resource: SessionID) {
        machine.closeResource(resource, now: now)
        pump()
    }

    func lose(_ connection: ConnectionID) {
        machine.closed(connection, now: now)
        pump()
    }

    func media(_ session: SessionID, _ event: ForwarderSessionEvent) {
        machine.mediaEvent(session, event, now: now)
        pump()
    }

    /// Answers the waiting offers.
    func answerOffers(_ outcome: Result<MediaAnswer, ZegoError> = .success(MediaAnswer(sdp: "answer"))) {
        let waiting = offers
        offers = []
        for offer in waiting { machine.negotiated(offer.session, ticket: offer.ticket, outcome: outcome, now: now) }
        pump()
    }

    /// The messages that came since the last call.
    func take(_ connection: ConnectionID) -> [JSONValue] {
        defer { messages[connection] = [] }
        return messages[connection] ?? []
    }

    func takeMediaCalls() -> [String] {
        defer { mediaCalls = [] }
        return mediaCalls
    }

    private func pump() {
        while true {
            let effects = machine.takeEffects()
            if effects.isEmpty { return }
            for effect in effects { perform(effect) }
            if answersOffers, !offers.isEmpty { answerOffers() }
        }
    }

    private func perform(_ effect: SignalingEffect) {
        switch effect {
        case .send(let connection, let bytes):
            guard let json = try? JSONValue(parsing: bytes) else {
                Issue.record("not JSON: \(String(decoding: bytes, as: UTF8.self))")
                return
            }
            messages[connection, default: []].append(json)
        case .close(let connection, let reason): closed[connection] = reason
        case .authenticated, .log: break
        case .webhook(let event): webhookEvents.append(event)
        case .resourceAnswered(let session, let outcome): resourceOutcomes[session] = outcome
        case .resourceEnded(let session): endedResources.append(session)
        case .openTransport(let session): openTransports.append(session)
        case .closeTransport(let session):
            #expect(openTransports.contains(session))
            openTransports.removeAll { $0 == session }
        case .negotiate(let session, let ticket, _, let tracks):
            offers.append((session, ticket, tracks))
            let words = tracks.map { track in
                switch track.use {
                case .publish(let key): "publish \(key.stream)"
                case .play(let key): "play \(key.stream)"
                }
            }
            mediaCalls.append("negotiate [\(words.joined(separator: ", "))]")
        case .addCandidate(_, let candidate, _): mediaCalls.append("candidate \(candidate ?? "end")")
        case .unpublish(_, let key): mediaCalls.append("unpublish \(key.stream)")
        case .stopPlay(_, let key): mediaCalls.append("stopPlay \(key.stream)")
        }
    }
}
