import JSONRPC
import RoomModel
import RoomServer
import Testing
import Transport

@Suite("Sessions of WHIP and WHEP clients")
struct ResourceTests {
    private static func token(
        _ rig: SignalingRig, _ user: String, lifetime: Int64 = 3600, privileges: TokenPrivileges? = nil
    ) throws -> String {
        var random = RandomSource.system
        let token = try Token04(
            appID: rig.app.appID, userID: UserID(user), now: 1_700_000_000, lifetimeSeconds: lifetime,
            privileges: privileges, random: &random)
        return try token.sealed(with: rig.app.serverSecret, random: &random)
    }

    private static func publish(
        _ rig: SignalingRig, _ stream: String, as user: String, room: String = "room1", token: String? = nil
    ) throws -> SessionID {
        try rig.open(
            ResourceRequest(
                appID: rig.app.appID, use: .publish(StreamID(stream), RoomID(room)),
                token: token ?? self.token(rig, user), address: "192.0.2.9", offer: "offer", mid: "0"))
    }

    private static func play(
        _ rig: SignalingRig, _ stream: String, as user: String, token: String? = nil
    ) throws -> SessionID {
        try rig.open(
            ResourceRequest(
                appID: rig.app.appID, use: .play(StreamID(stream)), token: token ?? self.token(rig, user),
                address: "192.0.2.9", offer: "offer", mid: "0"))
    }

    private static func code(_ body: () throws -> SessionID) -> ZegoErrorCode? {
        do {
            _ = try body()
            return nil
        } catch {
            return (error as? ZegoError)?.code
        }
    }

    @Test("a WHIP publisher is a user of its room, with a stream, until it leaves")
    func publisher() throws {
        let rig = try SignalingRig()
        let listener = try rig.client("user1")
        _ = try listener.heard()
        try rig.advance(milliseconds: 2000, keeping: [listener])
        let session = try Self.publish(rig, "camera", as: "user2")
        #expect(try rig.resourceOutcomes[session]?.get().sdp == "answer")
        #expect(try listener.heard() == ["user add user2", "count 2", "stream add camera"])
        #expect(rig.machine.counts.users == 2)
        #expect(rig.machine.snapshot.rooms.first?.users.map(\.connected) == [true, false])
        rig.media(session, .connected)
        #expect(rig.machine.snapshot.rooms.first?.users.map(\.connected) == [true, true])
        let late = try rig.client("user3")
        #expect(late.loginResult?.users.map(\.userID.rawValue) == ["user1", "user2"])
        #expect(late.loginResult?.streams.map(\.streamID.rawValue) == ["camera"])
        try rig.advance(milliseconds: 60_000, keeping: [listener, late])
        _ = try listener.heard()
        rig.close(session)
        try rig.advance(milliseconds: 1000, keeping: [listener, late])
        #expect(try listener.heard() == ["stream delete camera 1", "user delete user2", "count 2"])
        #expect(rig.endedResources == [session])
        #expect(!rig.openTransports.contains(session))
        // The name is free again.
        _ = try Self.publish(rig, "camera", as: "user4")
    }

    @Test("nobody goes on with the session of a WHIP client by signalling")
    func resume() throws {
        let rig = try SignalingRig()
        let session = try Self.publish(rig, "camera", as: "user1")
        let stranger = try rig.connect()
        let request = ResumeRequest(sessionID: session.text, resumeKey: "", lastSeq: 0)
        #expect(stranger.errorCode("resume", request.json) == ZegoErrorCode.roomDisconnected.number)
    }

    @Test("a WHEP player is a user of the room in which the stream is")
    func player() throws {
        let rig = try SignalingRig()
        #expect(Self.code { try Self.play(rig, "stream1", as: "user2") } == .streamNotExist)
        let publisher = try rig.client("user1", room: "studio")
        _ = try publisher.publish("stream1")
        #expect(Self.code { try Self.play(rig, "stream1", as: "user2") } == .streamNotExist)
        _ = try publisher.publish("stream1", room: "studio")
        _ = try publisher.heard()
        try rig.advance(milliseconds: 2000, keeping: [publisher])
        let session = try Self.play(rig, "stream1", as: "user2")
        #expect(try publisher.heard() == ["user add user2", "count 2"])
        rig.close(session)
        try rig.advance(milliseconds: 1000, keeping: [publisher])
        #expect(try publisher.heard() == ["user delete user2", "count 1"])
    }

    @Test("sessions of one token are one user with several streams, beside an engine's; no one is kicked")
    func oneUser() throws {
        let rig = try SignalingRig()
        let listener = try rig.client("user1")
        let first = try Self.publish(rig, "a", as: "user2")
        let second = try Self.publish(rig, "b", as: "user2")
        _ = try Self.play(rig, "a", as: "user2")
        let engine = try rig.client("user2")
        #expect(engine.loginResult?.users.map(\.userID.rawValue) == ["user1"])
        try rig.advance(milliseconds: 1000, keeping: [listener, engine])
        #expect(try listener.heard() == ["count 1", "user add user2", "stream add a", "stream add b", "count 2"])
        #expect(rig.machine.counts.users == 2)
        // A second engine of that user kicks the first, and nobody else.
        let other = try rig.client("user2")
        #expect(engine.isClosed == .kickedOut)
        rig.close(first)
        rig.close(second)
        #expect(try listener.heard() == ["stream delete a 1", "stream delete b 1"])
        #expect(rig.machine.counts.users == 2)
        _ = try other.result("logout", [:])
        #expect(try listener.heard() == [])
    }

    @Test("tokens and privileges count as at a login")
    func refusals() throws {
        let rig = try SignalingRig()
        let publisher = try rig.client("user1")
        _ = try publisher.publish("stream1")
        func publish(_ token: String, room: String = "room1", stream: String = "x") -> ZegoErrorCode? {
            Self.code { try Self.publish(rig, stream, as: "", room: room, token: token) }
        }
        func play(_ token: String) -> ZegoErrorCode? {
            Self.code { try Self.play(rig, "stream1", as: "", token: token) }
        }
        #expect(publish("") == .tokenFormatError)
        #expect(play("05AAAA") == .tokenVersionError)
        let room = try RoomID("room1")
        let listenOnly = try Self.token(rig, "u", privileges: TokenPrivileges(roomID: room, mayPublish: false))
        #expect(publish(listenOnly) == .publishAuthenticationFailed)
        #expect(play(listenOnly) == nil)
        let elsewhere = try Self.token(rig, "u", privileges: TokenPrivileges(roomID: RoomID("room2")))
        #expect(publish(elsewhere) == .authenticationFailed)
        #expect(play(elsewhere) == .authenticationFailed)
        let oneStream = try Self.token(rig, "u", privileges: TokenPrivileges(roomID: room, streamIDs: [StreamID("y")]))
        #expect(publish(oneStream) == .publishAuthenticationFailed)
        #expect(publish(oneStream, stream: "y") == nil)
        #expect(publish(try Self.token(rig, "u"), stream: "stream1") == .repetitivePublishStream)
        rig.wallClock.milliseconds += 3_600_000
        #expect(publish(try Self.token(rig, "u")) == .tokenExpired)
        #expect(rig.machine.counters.refusedResources[1_003_072] == 2)
    }

    @Test("a full room, and the number of sessions of a user")
    func limits() throws {
        let rig = try SignalingRig()
        let host = try rig.client("user1", maxMemberCount: 2)
        _ = try Self.publish(rig, "a", as: "user2")
        #expect(Self.code { try Self.publish(rig, "b", as: "user3") } == .memberLimitExceeded)
        for name in ["b", "c", "d"] { _ = try Self.publish(rig, name, as: "user2") }
        #expect(Self.code { try Self.publish(rig, "e", as: "user2") } == .publishForbidden)
        for _ in 0..<20 { _ = try Self.play(rig, "a", as: "user1") }
        #expect(Self.code { try Self.play(rig, "a", as: "user1") } == .playerCountExceeded)
        _ = try host.result("logout", [:])
        #expect(Self.code { try Self.publish(rig, "e", as: "user3") } == .memberLimitExceeded)
    }

    @Test("an offer that the media side refuses leaves nothing behind, and nobody hears of it")
    func refusedOffer() throws {
        let rig = try SignalingRig()
        let listener = try rig.client("user1")
        _ = try listener.heard()
        for outcome in [
            Result<MediaAnswer, ZegoError>.failure(ZegoError(.roomInnerError)),
            .success(MediaAnswer(sdp: "answer", refused: ["0": .illegalParameter])),
        ] {
            rig.answersOffers = false
            let session = try Self.publish(rig, "a", as: "user2")
            rig.answerOffers(outcome)
            rig.answersOffers = true
            guard case .failure = rig.resourceOutcomes[session] else {
                Issue.record("accepted")
                return
            }
            #expect(rig.endedResources.contains(session))
        }
        #expect(try listener.heard() == [])
        #expect(rig.machine.counts.sessions == 1)
        _ = try Self.publish(rig, "a", as: "user2")
    }

    @Test("it ends when its media is lost, and when none ever comes")
    func media() throws {
        let rig = try SignalingRig()
        let listener = try rig.client("user1")
        let lost = try Self.publish(rig, "a", as: "user2")
        let never = try Self.publish(rig, "b", as: "user3")
        rig.media(lost, .connected)
        rig.media(lost, .disconnected)
        try rig.advance(milliseconds: 29_000, keeping: [listener])
        #expect(rig.endedResources == [])
        try rig.advance(milliseconds: 1500, keeping: [listener])
        #expect(rig.endedResources == [never])
        _ = try listener.heard()
        rig.media(lost, .failed(reason: "silence"))
        #expect(try listener.heard() == ["stream delete a 5", "user delete user2"])
        #expect(rig.endedResources == [never, lost])
        #expect(rig.machine.counts.rooms == 1)
    }

    @Test("a player's right to one room does not follow the stream into another")
    func movedStream() throws {
        let rig = try SignalingRig()
        let publisher = try rig.client("user1")
        _ = try publisher.publish("stream1")
        let session = try Self.play(rig, "stream1", as: "user2")
        _ = try publisher.result("unpublish", ["streamID": "stream1"])
        #expect(rig.endedResources == [])
        _ = try rig.client("user3", room: "room2").publish("stream1", room: "room2")
        #expect(rig.endedResources == [session])
    }

    @Test("who was let in may act with a token of its user only, expired or not")
    func bearers() throws {
        let rig = try SignalingRig()
        let token = try Self.token(rig, "user2")
        let session = try Self.publish(rig, "a", as: "user2", token: token)
        func code(_ token: String, _ session: SessionID) -> ZegoErrorCode? {
            do throws(ZegoError) {
                try rig.machine.checkResource(session, token: token, address: "192.0.2.1", now: rig.now)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code(token, session) == nil)
        #expect(code(try Self.token(rig, "user2", lifetime: 5), session) == nil)
        #expect(code(try Self.token(rig, "user3"), session) == .tokenUserIDError)
        #expect(code("04", session) == .tokenFormatError)
        rig.wallClock.milliseconds += 7_200_000
        #expect(code(token, session) == nil)
        #expect(code(token, SessionID("other")) == .notLoggedIn)
        for _ in 0..<20 { _ = code("04", session) }
        #expect(code("04", session) == .appSignallingTooFrequent)
    }
}
