import JSONRPC
import RoomModel
import RoomServer
import Testing
import Transport

@Suite("Signalling: login with a token")
struct TokenLoginTests {
    /// The wall clock of the rig, in seconds.
    private static let now: Int64 = 1_700_000_000

    private static func token(
        _ rig: SignalingRig, user: String = "user1", lifetime: Int64 = 3600, privileges: TokenPrivileges? = nil
    ) throws -> String {
        var random = RandomSource.system
        let token = try Token04(
            appID: rig.app.appID, userID: UserID(user), now: now, lifetimeSeconds: lifetime, privileges: privileges,
            random: &random)
        return try token.sealed(with: rig.app.serverSecret, random: &random)
    }

    private static func login(
        _ client: SignalingRigClient, token: String, user: String = "user1", room: String = "room1"
    ) throws -> JSONValue {
        LoginRequest(
            appID: client.rig.app.appID, roomID: try RoomID(room), user: User(userID: try UserID(user)),
            configuration: LoginConfiguration(isUserStatusNotify: true), authentication: .token(token)
        ).json
    }

    @Test("a token lets its user in and tells how long it lasts")
    func login() throws {
        let rig = try SignalingRig()
        let client = try rig.connect()
        let request = try Self.login(client, token: Self.token(rig))
        let result = try LoginResult(json: client.result("login", request))
        #expect(result.tokenRemainSeconds == 3600)
        #expect(try client.publish("stream1") == .success)
        let proven = try rig.client("user2")
        #expect(proven.loginResult?.tokenRemainSeconds == nil)
        #expect(proven.loginResult?.streams.map(\.streamID.rawValue) == ["stream1"])
    }

    @Test("tokens that do not fit are refused with their numbers")
    func refusals() throws {
        let rig = try SignalingRig()
        let client = try rig.connect()
        let good = try Self.token(rig)
        let other = try SignalingRig()
        var random = RandomSource.system
        let foreign = try Token04(
            appID: AppID(7), userID: UserID("user1"), now: Self.now, lifetimeSeconds: 60, random: &random
        ).sealed(with: rig.app.serverSecret, random: &random)
        let expired = try Token04(
            appID: rig.app.appID, userID: UserID("user1"), now: Self.now - 60, lifetimeSeconds: 60, random: &random
        ).sealed(with: rig.app.serverSecret, random: &random)
        #expect(other.app == rig.app)
        func code(_ token: String, user: String = "user1") throws -> Int? {
            client.errorCode("login", try Self.login(client, token: token, user: user))
        }
        #expect(try code("") == 1_002_075)
        #expect(try code("03" + good.dropFirst(2)) == 1_002_079)
        #expect(try code(good.dropLast(8) + "AAAAAAA=") == 1_002_075)
        #expect(try code(good, user: "user2") == 1_002_077)
        #expect(try code(foreign) == 1_002_076)
        #expect(try code(expired) == 1_002_078)
        #expect(try code(good) == nil)
    }

    @Test("privileges: the room, the login, publishing, and which streams")
    func privileges() throws {
        let rig = try SignalingRig()
        let client = try rig.connect()
        let room = try RoomID("room1")
        func request(_ privileges: TokenPrivileges, room: String = "room1") throws -> JSONValue {
            try Self.login(client, token: Self.token(rig, privileges: privileges), room: room)
        }
        #expect(client.errorCode("login", try request(TokenPrivileges(roomID: room), room: "room2")) == 1_002_033)
        #expect(client.errorCode("login", try request(TokenPrivileges(roomID: room, mayLogin: false))) == 1_002_033)

        _ = try client.result("login", request(TokenPrivileges(roomID: room, mayPublish: false)))
        #expect(try client.publish("stream1") == .publishAuthenticationFailed)
        #expect(try client.play("stream2").errorCode == .success)
        _ = try client.result("logout", [:])

        let one = TokenPrivileges(roomID: nil, streamIDs: [try StreamID("stream1")])
        _ = try client.result("login", request(one, room: "room2"))
        #expect(try client.publish("stream2", room: "room2") == .publishAuthenticationFailed)
        #expect(try client.publish("stream1", room: "room2") == .success)
        // What was refused holds no name.
        let proven = try rig.client("user2")
        #expect(try proven.publish("stream2") == .success)
    }

    @Test("an expired token ends nothing, but allows nothing new")
    func expiry() throws {
        let rig = try SignalingRig()
        let client = try rig.connect()
        _ = try client.result("login", Self.login(client, token: Self.token(rig, lifetime: 60)))
        #expect(try client.publish("stream1") == .success)
        rig.wallClock.milliseconds += 61_000
        #expect(try client.publish("stream2") == .publishAuthenticationFailed)
        #expect(rig.machine.counts.streams == 1)
        #expect(client.isClosed == nil)
    }

    @Test("too many failures from an address are not told their reason; other addresses and right tokens are not hurt")
    func addressLimit() throws {
        let rig = try SignalingRig()
        func failure(from address: String) throws -> Int? {
            let client = try rig.connect(from: address)
            return client.errorCode("login", try Self.login(client, token: "04AAAA"))
        }
        for _ in 0..<20 { #expect(try failure(from: "2001:db8::1") == 1_002_075) }
        #expect(try failure(from: "2001:db8::1") == 1_002_073)
        #expect(try failure(from: "2001:db8::2:1") == 1_002_073)
        #expect(try failure(from: "2001:db8:0:1::1") == 1_002_075)
        let client = try rig.connect(from: "2001:db8::1")
        #expect(client.errorCode("login", try Self.login(client, token: Self.token(rig))) == nil)
        try rig.advance(milliseconds: 3100, keeping: [client])
        #expect(try failure(from: "2001:db8::1") == 1_002_075)
        #expect(try failure(from: "2001:db8::1") == 1_002_073)
    }

    @Test("too many failures for an application, from wherever")
    func applicationLimit() throws {
        let rig = try SignalingRig()
        var answers: [Int: Int] = [:]
        for number in 0..<210 {
            let client = try rig.connect(from: "192.0.2.\(number)")
            let code = try #require(client.errorCode("login", try Self.login(client, token: "04AAAA")))
            answers[code, default: 0] += 1
        }
        #expect(answers == [1_002_075: 200, 1_002_073: 10])
    }
}
