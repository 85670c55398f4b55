import Glibc
import JSONRPC
import RoomModel
import RoomServer
import Testing
import Transport
import VoiceEngine

/// Several rooms, switching, tokens and kicks: engines and a real room server.
@Suite(.serialized, .timeLimit(.minutes(2))) struct EngineRoomTests {
    /// The room events since `mark`, as `room reason code`.
    private static func states(_ events: EventRecorder, after mark: Int = 0) -> [String] {
        events.events.dropFirst(mark).compactMap { event in
            guard case .roomState(let room, let reason, let code, _) = event else { return nil }
            return "\(room) \(reason.rawValue)" + (code == 0 ? "" : " \(code)")
        }
    }

    private static func login(
        _ bed: TestBed, _ engine: VoiceEngine, _ name: String, _ room: String, token: String? = nil,
        maxMemberCount: Int = 0
    ) async throws {
        _ = try await engine.loginRoom(
            roomID: room, user: bed.user(name),
            config: LoginConfig(token: token, isUserStatusNotify: true, maxMemberCount: maxMemberCount),
            wait: .seconds(10))
    }

    private static func code<Value>(_ body: () async throws -> Value) async -> ZegoErrorCode? {
        do {
            _ = try await body()
            return nil
        } catch {
            return (error as? ZegoError)?.code
        }
    }

    private static func token(_ bed: TestBed, _ user: String, lifetime: Int64, mayPublish: Bool = true) throws -> String
    {
        var random = RandomSource.system
        let now = Int64(time(nil))
        return try Token04(
            appID: bed.credentials.appID, userID: UserID(user), now: now, lifetimeSeconds: lifetime,
            privileges: mayPublish ? nil : TokenPrivileges(roomID: nil, mayPublish: false), random: &random
        ).sealed(with: bed.credentials.serverSecret, random: &random)
    }

    @Test func oneSessionIsInFiveRooms() async throws {
        let bed = try await TestBed()
        let (anna, events) = try await bed.engine { $0.roomMode = .multi }
        let (ben, bensEvents) = try await bed.engine()
        for number in 1...5 { try await Self.login(bed, anna, "anna", "room\(number)") }
        #expect(bed.server.counts.sessions == 1 && bed.server.counts.rooms == 5)
        #expect(await Self.code { try await Self.login(bed, anna, "anna", "room6") } == .multiRoomLimitExceeded)
        _ = try await anna.logoutRoom(roomID: "room5")
        #expect(await Self.code { try await Self.login(bed, anna, "other", "room6") } == .multiRoomUserNotSame)
        #expect(
            await Self.code { try await anna.startPublishing(streamID: "s", source: .silence) } == .publishRoomIDNull)
        #expect(await Self.code { try await anna.startPlaying(streamID: "s") } == .playRoomIDNull)
        #expect(
            await Self.code { try await anna.startPublishing(streamID: "s", roomID: "room5", source: .silence) }
                == .roomIDIncorrect)
        try await Self.login(bed, ben, "ben", "room2")
        _ = try await anna.startPublishing(streamID: "one", roomID: "room1", source: .silence, wait: .seconds(10))
        _ = try await anna.startPublishing(
            streamID: "two", channel: .aux, roomID: "room2", source: .silence, wait: .seconds(10))
        // A stream of another room can be played.
        _ = try await ben.startPlaying(streamID: "one", wait: .seconds(10))
        #expect(ben.snapshot().rooms.first?.streamList.map(\.streamID.rawValue) == ["two"])
        // One room left takes only its own streams with it.
        let mark = bensEvents.mark
        _ = try await anna.logoutRoom(roomID: "room2")
        try await bensEvents.wait("the end of two", after: mark) {
            if case .streamUpdate("room2", .delete, _, _) = $0 { true } else { false }
        }
        #expect(anna.snapshot().publishers.map(\.streamID) == ["one"])
        #expect(anna.snapshot().publishers.map(\.state) == [.publishing])
        #expect(await Self.code { try await anna.logoutRoom(roomID: "room9") } == .roomIDIncorrect)
        #expect(Self.states(events).last == "room9 logout-failed 1002002")
        _ = try await anna.logoutRoom()
        #expect(Self.states(events).suffix(3) == ["room1 logout", "room3 logout", "room4 logout"])
        _ = await anna.destroy()
        _ = await ben.destroy()
        await bed.stop()
    }

    @Test func aSwitchKeepsTheTransport() async throws {
        let bed = try await TestBed()
        let (anna, events) = try await bed.engine()
        let (ben, bensEvents) = try await bed.engine()
        #expect(await Self.code { try await anna.switchRoom(fromRoomID: "room1", toRoomID: "room2") } == .notLoggedIn)
        try await Self.login(bed, anna, "anna", "room1")
        try await Self.login(bed, ben, "ben", "room2")
        _ = try await anna.startPublishing(streamID: "voice", source: .silence, wait: .seconds(10))
        _ = try await anna.startPlaying(streamID: "none")
        #expect(
            await Self.code { try await anna.switchRoom(fromRoomID: "room3", toRoomID: "room2") } == .roomIDIncorrect)
        #expect(
            await Self.code { try await anna.switchRoom(fromRoomID: "room1", toRoomID: "room1") } == .roomCountExceeded)
        let path = anna.snapshot().network
        let (mark, bensMark) = (events.mark, bensEvents.mark)
        let outcome = try await anna.switchRoom(
            fromRoomID: "room1", toRoomID: "room2", config: LoginConfig(isUserStatusNotify: true), wait: .seconds(10))
        #expect(outcome.extendedData["roomSessionID"] == .string(ben.snapshot().rooms.first?.roomSessionID ?? ""))
        #expect(Self.states(events, after: mark) == ["room1 logout", "room2 logining", "room2 logined"])
        let names = events.events.dropFirst(mark).filter { !$0.isVolatile && $0.name != "online-user-count" }.map(
            \.name)
        #expect(
            names == ["publisher-state", "player-state", "room-state", "room-state", "room-state", "user-update"])
        #expect(anna.snapshot().publishers.isEmpty && anna.snapshot().players.isEmpty)
        try await bensEvents.wait("anna", after: bensMark) {
            if case .userUpdate("room2", .add, let users) = $0 {
                users.map(\.userID.rawValue) == ["anna"]
            } else {
                false
            }
        }
        // The same path carries the next stream.
        #expect(anna.snapshot().network.local == path.local)
        _ = try await anna.startPublishing(streamID: "voice", source: .silence, wait: .seconds(10))
        #expect(bed.server.counts.sessions == 2 && bed.server.counts.rooms == 1)

        // A room that refuses: the first one is left all the same.
        try await Self.login(bed, try await bed.engine().engine, "carl", "full", maxMemberCount: 1)
        let fullMark = events.mark
        #expect(
            await Self.code { try await anna.switchRoom(fromRoomID: "room2", toRoomID: "full") } == .memberLimitExceeded
        )
        #expect(
            Self.states(events, after: fullMark) == ["room2 logout", "full logining", "full login-failed 1002034"])
        try await bensEvents.wait("anna's leaving") {
            if case .userUpdate("room2", .delete, _) = $0 { true } else { false }
        }
        // And in again, with streams.
        try await Self.login(bed, anna, "anna", "room1")
        _ = try await anna.startPublishing(streamID: "voice", source: .silence, wait: .seconds(10))
        _ = await anna.destroy()
        _ = await ben.destroy()
        await bed.stop()
    }

    @Test func aSwitchWhileAwayIsDoneOnTheWayBack() async throws {
        let bed = try await TestBed()
        let relay = try await SocketRelay(to: bed.port)
        let (anna, events) = try await bed.engine(port: relay.port)
        try await Self.login(bed, anna, "anna", "room1")
        relay.hold()
        try await events.waitForRoom(.reconnecting, 1_002_051)
        let mark = events.mark
        async let outcome = anna.switchRoom(fromRoomID: "room1", toRoomID: "room2", wait: .seconds(20))
        try await events.wait("logining", after: mark) {
            if case .roomState("room2", .logining, _, _) = $0 { true } else { false }
        }
        relay.resume()
        #expect(try await outcome.errorCode == 0)
        #expect(Self.states(events, after: mark) == ["room1 logout", "room2 logining", "room2 logined"])
        #expect(await bed.server.snapshot().rooms.map(\.roomID.rawValue) == ["room2"])
        _ = await anna.destroy()
        try await relay.stop()
        await bed.stop()
    }

    @Test func aLoginGivenUpLeavesNobodyBehind() async throws {
        let bed = try await TestBed()
        let (anna, _) = try await bed.engine()
        _ = try await anna.loginRoom(roomID: "room1", user: bed.user("anna"), wait: .no)
        _ = try await anna.logoutRoom()
        let deadline = MonotonicTime.now().advanced(byMilliseconds: 5000)
        while bed.server.counts.users > 0 || bed.server.counts.connections > 0, MonotonicTime.now() < deadline {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(bed.server.counts.users == 0)
        _ = await anna.destroy()
        await bed.stop()
    }

    @Test func theConsolePutsPeopleOut() async throws {
        let bed = try await TestBed()
        let (anna, events) = try await bed.engine { $0.roomMode = .multi }
        try await Self.login(bed, anna, "anna", "room1")
        try await Self.login(bed, anna, "anna", "room2")
        _ = try await anna.startPublishing(streamID: "voice", roomID: "room1", source: .silence, wait: .seconds(10))
        let kicked = try await bed.server.kick(
            [UserID("anna")], appID: nil, roomID: try RoomID("room1"), message: "be quiet")
        #expect(kicked.map(\.roomID.rawValue) == ["room1"])
        let told = try await events.wait("kick-out") {
            if case .roomState("room1", .kickOut, 1_002_055, _) = $0 { true } else { false }
        }
        #expect(told.fields["extendedData"] == ["custom_kickout_message": "be quiet"])
        try await events.waitForPublisher(.noPublish, 1_002_055)
        // The other room goes on.
        #expect(anna.snapshot().rooms.filter { !$0.reason.isFinal }.map(\.roomID) == ["room2"])
        _ = try await anna.startPublishing(streamID: "voice", roomID: "room2", source: .silence, wait: .seconds(10))
        _ = try await bed.server.closeRoom(RoomID("room2"), appID: nil, message: nil)
        try await events.wait("kick-out of room2") {
            if case .roomState("room2", .kickOut, 1_002_055, let extended) = $0 { extended.isEmpty } else { false }
        }
        #expect(
            await Self.code {
                try await bed.server.closeRoom(
                    RoomID("room2"), appID: nil, message: String(repeating: "x", count: 257))
            } == .illegalParameter)
        #expect(!Self.states(events).contains { $0.hasSuffix("logout") })
        _ = await anna.destroy()
        await bed.stop()
    }

    @Test func tokensAreRenewedAndTold() async throws {
        let bed = try await TestBed(adjust: { $0.kicksOnTokenExpiry = true })
        let (anna, events) = try await bed.engine()
        try await Self.login(bed, anna, "anna", "room1", token: Self.token(bed, "anna", lifetime: 30))
        try await events.wait("token-will-expire") {
            if case .tokenWillExpire("room1", let remain) = $0 { (25...30).contains(remain) } else { false }
        }
        #expect(
            await Self.code { try await anna.renewToken(roomID: "room2", token: "04") } == .roomIDIncorrect)
        #expect(await Self.code { try await anna.renewToken(roomID: "room1", token: "04") } == .tokenFormatError)
        _ = try await anna.startPublishing(streamID: "voice", source: .silence, wait: .seconds(10))
        #expect(
            await Self.code {
                try await anna.renewToken(
                    roomID: "room1", token: Self.token(bed, "anna", lifetime: 60, mayPublish: false))
            } == .renewedTokenCannotPublish)
        #expect(
            await Self.code { try await anna.switchRoom(fromRoomID: "room1", toRoomID: "room2") } == .noToken)
        // One of two seconds: this server puts out who holds an expired one.
        _ = try await anna.renewToken(roomID: "room1", token: Self.token(bed, "anna", lifetime: 2))
        try await events.waitForRoom(.kickOut, 1_002_056)
        try await events.waitForPublisher(.noPublish, 1_002_056)
        #expect(
            await Self.code {
                try await Self.login(bed, anna, "anna", "room1", token: "04AAAA")
            } == .tokenFormatError)
        _ = await anna.destroy()
        await bed.stop()
    }

    @Test func aDrainingServerSendsItsClientsAway() async throws {
        let bed = try await TestBed()
        let (anna, events) = try await bed.engine()
        try await Self.login(bed, anna, "anna", "room1")
        _ = try await anna.startPublishing(streamID: "voice", source: .silence, wait: .seconds(10))
        let mark = events.mark
        #expect(await bed.server.beginDraining(deadlineMs: 60_000) == 1)
        try await events.waitForRoom(.reconnecting, 1_002_051, after: mark)
        // Sound goes on meanwhile, and the same session when the server thinks better of it.
        await bed.server.endDraining()
        try await events.waitForRoom(.reconnected, after: mark)
        #expect(!events.events.dropFirst(mark).contains { $0.name == "publisher-state" })
        _ = await anna.destroy()
        await bed.stop()
    }

    @Test func fourChannelsAndTwentyPlays() async throws {
        let bed = try await TestBed()
        let (anna, _) = try await bed.engine()
        let (ben, bensEvents) = try await bed.engine()
        try await Self.login(bed, anna, "anna", "room1")
        try await Self.login(bed, ben, "ben", "room2")
        for (number, channel) in PublishChannel.allCases.enumerated() {
            _ = try await anna.startPublishing(
                streamID: "stream\(number)", channel: channel, source: .silence, wait: .seconds(10))
        }
        #expect(
            await Self.code { try await anna.startPublishing(streamID: "fifth", channel: .aux, source: .silence) }
                == .alreadyPublishing)
        for number in 0..<20 { _ = try await ben.startPlaying(streamID: "stream\(number)") }
        #expect(await Self.code { try await ben.startPlaying(streamID: "stream20") } == .playerCountExceeded)
        // Those of another room that are there play; those that are not there are waited for.
        try await bensEvents.wait("four streams that play") { _ in
            ben.snapshot().players.count { $0.state == .playing } == 4
        }
        #expect(ben.snapshot().players.count { $0.state == .playRequesting && $0.errorCode == 0 } == 16)
        _ = try await ben.stopPlaying(streamID: "stream19")
        #expect(try await ben.startPlaying(streamID: "stream20").state == .playRequesting)
        _ = await anna.destroy()
        _ = await ben.destroy()
        await bed.stop()
    }
}
