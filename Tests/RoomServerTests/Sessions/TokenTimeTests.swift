import JSONRPC
import RoomModel
import RoomServer
import Testing
import Transport

@Suite("Signalling: tokens and time")
struct TokenTimeTests {
    private static func token(
        _ rig: SignalingRig, user: String = "anna", lifetime: Int64, privileges: TokenPrivileges? = nil
    ) throws -> String {
        var random = RandomSource.system
        let now = Int64(rig.wallClock.milliseconds / 1000)
        return try Token04(
            appID: rig.app.appID, userID: UserID(user), now: now, lifetimeSeconds: lifetime, privileges: privileges,
            random: &random
        ).sealed(with: rig.app.serverSecret, random: &random)
    }

    private static func login(
        _ rig: SignalingRig, lifetime: Int64, room: String = "room1", on client: SignalingRigClient? = nil
    ) throws -> SignalingRigClient {
        let client = try client ?? rig.connect()
        let request = LoginRequest(
            appID: rig.app.appID, roomID: try RoomID(room), user: User(userID: try UserID("anna")),
            configuration: LoginConfiguration(isUserStatusNotify: true),
            authentication: .token(try token(rig, lifetime: lifetime)))
        _ = try client.result("login", request.json)
        return client
    }

    private static func renewal(_ token: String, room: String = "room1") -> JSONValue {
        ["roomID": .string(room), "token": .string(token)]
    }

    /// Lets both clocks go on.
    private static func advance(_ rig: SignalingRig, seconds: Int64, keeping: [SignalingRigClient]) throws {
        for _ in 0..<seconds {
            rig.wallClock.milliseconds += 1000
            try rig.advance(milliseconds: 1000, keeping: keeping)
        }
    }

    private static func told(_ client: SignalingRigClient) throws -> [String] {
        try client.heard().filter { !$0.hasPrefix("count") }
    }

    @Test("30 s before a token expires its user is told, once for each token and room")
    func notice() throws {
        let rig = try SignalingRig()
        let client = try Self.login(rig, lifetime: 60)
        _ = try Self.login(rig, lifetime: 100, room: "room2", on: client)
        try Self.advance(rig, seconds: 29, keeping: [client])
        #expect(try Self.told(client) == [])
        try Self.advance(rig, seconds: 2, keeping: [client])
        #expect(try Self.told(client) == ["expire room1 30"])
        try Self.advance(rig, seconds: 20, keeping: [client])
        let renewed = try client.result("renewToken", Self.renewal(Self.token(rig, lifetime: 40)))
        #expect(renewed["tokenRemainSeconds"] == 40)
        try Self.advance(rig, seconds: 30, keeping: [client])
        #expect(try Self.told(client).sorted() == ["expire room1 30", "expire room2 30"])
        try Self.advance(rig, seconds: 30, keeping: [client])
        #expect(try Self.told(client) == [])
        // Expired, and nobody is put out.
        #expect(rig.machine.counts.users == 2)
        // One that lives shorter than that is told of at once.
        _ = try client.result("renewToken", Self.renewal(Self.token(rig, lifetime: 10)))
        #expect(try Self.told(client) == ["expire room1 10"])
    }

    @Test("a renewed token counts for what is begun from then on")
    func renewal() throws {
        let rig = try SignalingRig()
        let client = try Self.login(rig, lifetime: 10)
        _ = try client.publish("stream1")
        rig.wallClock.milliseconds += 11_000
        #expect(try client.publish("stream2") == .publishAuthenticationFailed)
        _ = try client.result("renewToken", Self.renewal(Self.token(rig, lifetime: 10)))
        #expect(try client.publish("stream2") == .success)

        func code(_ token: String, room: String = "room1") -> Int? {
            client.errorCode("renewToken", Self.renewal(token, room: room))
        }
        let good = try Self.token(rig, lifetime: 10)
        #expect(code(good, room: "room2") == 1_002_002)
        #expect(code("") == 1_002_075)
        #expect(code("03" + good.dropFirst(2)) == 1_002_079)
        #expect(code(String(repeating: "0", count: 2049)) == 1_002_075)
        #expect(code(try Self.token(rig, user: "ben", lifetime: 10)) == 1_002_077)
        let elsewhere = TokenPrivileges(roomID: try RoomID("room2"))
        #expect(code(try Self.token(rig, lifetime: 10, privileges: elsewhere)) == 1_002_033)
        // It has to allow what is published.
        let listening = TokenPrivileges(roomID: nil, mayPublish: false)
        #expect(code(try Self.token(rig, lifetime: 10, privileges: listening)) == 1_002_082)
        let other = TokenPrivileges(roomID: nil, streamIDs: [try StreamID("stream1")])
        #expect(code(try Self.token(rig, lifetime: 10, privileges: other)) == 1_002_082)
        // What was refused has changed nothing.
        #expect(try client.publish("stream3") == .success)
        #expect(try rig.connect().errorCode("renewToken", Self.renewal(good)) == 1_000_002)
    }

    @Test("a server that is set to it puts out who holds an expired token, room by room")
    func kick() throws {
        let rig = try SignalingRig(settings: SignalingSettings(kicksOnTokenExpiry: true))
        let client = try Self.login(rig, lifetime: 60)
        _ = try Self.login(rig, lifetime: 120, room: "room2", on: client)
        let ben = try rig.client("ben")
        _ = try client.publish("voice")
        try Self.advance(rig, seconds: 59, keeping: [client, ben])
        _ = try Self.told(client)
        _ = try ben.heard()
        try Self.advance(rig, seconds: 2, keeping: [client, ben])
        #expect(try Self.told(client) == ["kick 1002056 room1"])
        #expect(try ben.heard().filter { !$0.hasPrefix("count") } == ["stream delete voice 4", "user delete anna"])
        #expect(client.isClosed == nil)
        try Self.advance(rig, seconds: 58, keeping: [client, ben])
        try Self.advance(rig, seconds: 2, keeping: [ben])
        #expect(try Self.told(client) == ["expire room2 30", "kick 1002056"])
        #expect(client.isClosed == .kickedOut)
        // A proof does not expire.
        #expect(rig.machine.counts.users == 1)
    }

    @Test("damage to padding, text or JSON of a token is answered with the same bytes")
    func oneAnswer() throws {
        let rig = try SignalingRig()
        var random = RandomSource.system
        let secret = rig.app.serverSecret
        func sealed(_ plaintext: [UInt8], padded: Bool = true) throws -> String {
            try TokenForge.seal(plaintext, secret: secret, padded: padded, random: &random)
        }
        let json = Array(#"{"app_id":1,"user_id":"anna","ctime":1,"expire":9999999999,"nonce":1,"payload":""}"#.utf8)
        let damaged = [
            // Bad padding: lengths that cannot be, and bytes that are not the length.
            try sealed(json + [UInt8](repeating: 0x41, count: 16 - json.count % 16), padded: false),
            try sealed(json + [UInt8](repeating: 0x01, count: 15 - json.count % 16) + [0x10], padded: false),
            // Bad UTF-8, bad JSON, JSON of another shape, nothing at all.
            try sealed([0xFF, 0xFE] + json), try sealed(Array(json.dropLast())), try sealed(Array("[1]".utf8)),
            try sealed([]),
        ]
        var replies: Set<String> = []
        for token in damaged {
            let client = try rig.connect(from: "192.0.2.\(replies.count)")
            let request = LoginRequest(
                appID: rig.app.appID, roomID: try RoomID("room1"), user: User(userID: try UserID("anna")),
                configuration: LoginConfiguration(), authentication: .token(token))
            guard case .failure(let error)? = client.call("login", request.json) else {
                Issue.record("a damaged token was taken")
                continue
            }
            #expect(error.code == 1_002_075)
            replies.insert(error.json.description)
        }
        #expect(replies.count == 1, "\(replies)")
    }
}
