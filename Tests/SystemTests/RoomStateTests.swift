import Glibc
import Testing

/// The nine reasons of `room-state`, each from its real cause, as `events.sock` tells them.
@Suite("Room states")
struct RoomStateTests {
    /// Reads room states until one ends with `last`, and answers them as `room reason code`.
    private static func states(_ events: EventReader, until last: String, upTo seconds: Double = 20) throws -> [String]
    {
        func words(_ event: JSON) -> String {
            let code = event["errorCode"].integer ?? -1
            return "\(event["roomID"].string ?? "") \(event["reason"].string ?? "")" + (code == 0 ? "" : " \(code)")
        }
        let start = events.seen.count
        try events.next("room-state", upTo: seconds) { words($0) == last }
        return events.seen[start...].filter { $0["event"].string == "room-state" }.map(words)
    }

    private static func login(_ daemon: Daemon, _ user: String, room: String = "room1", config: JSON = [:]) -> Int? {
        let params: JSON = ["roomID": .string(room), "user": ["userID": .string(user)], "config": config]
        do {
            try daemon.control().call("loginRoom", params)
            return nil
        } catch {
            return (error as? ControlClient.Refused)?.code
        }
    }

    private static func zegoctl(_ daemon: Daemon, _ arguments: [String]) throws -> String {
        let output = try Command.demand([Programs.zegoctl, "--socket", daemon.controlSocket] + arguments)
        return String(output.prefix { $0 != "\n" })
    }

    @Test("logining, logined, logout and logout-failed", .timeLimit(.minutes(1)))
    func inAndOut() throws {
        let daemon = try Daemon()
        let events = try daemon.events()
        #expect(Self.login(daemon, "user1") == nil)
        try daemon.control().call("logoutRoom", ["roomID": "room1"])
        #expect(throws: ControlClient.Refused.self) { try daemon.control().call("logoutRoom", ["roomID": "room1"]) }
        #expect(
            try Self.states(events, until: "room1 logout-failed 1002002") == [
                "room1 logining", "room1 logined", "room1 logout", "room1 logout-failed 1002002",
            ])
        let logined = events.seen.first { $0["reason"].string == "logined" }
        #expect(logined?["extendedData"]["roomSessionID"].string?.isEmpty == false)
        #expect(try daemon.status()["rooms"][0]["reason"].string == "logout")
    }

    @Test("login-failed: wrong AppSign, wrong tokens, a full room, nobody there", .timeLimit(.minutes(2)))
    func refused() throws {
        let server = try Daemon(serverKeys: "departure_timeout_s = 4")
        let (url, application) = try server.asServer()
        let stranger = try Daemon(
            server: (url: url, application: .init(id: application.id, sign: String(repeating: "0", count: 64))),
            engineKeys: "retry_window_s = 2")
        let events = try stranger.events()
        #expect(Self.login(stranger, "user1") == 1_002_033)
        #expect(Self.login(stranger, "user1", config: ["token": "04AAAA"]) == 1_002_075)
        let token = try Self.zegoctl(server, ["token", "--user", "other", "--ttl", "60"])
        #expect(Self.login(stranger, "user1", config: ["token": .string(token)]) == 1_002_077)
        #expect(Self.login(server, "owner", config: ["maxMemberCount": 1]) == nil)
        let good = try Self.zegoctl(server, ["token", "--user", "user1", "--ttl", "60"])
        #expect(Self.login(stranger, "user1", config: ["token": .string(good)]) == 1_002_034)
        server.process.send(SIGKILL)
        try server.process.wait(upTo: 5)
        #expect(Self.login(stranger, "user1", config: ["token": .string(good)]) == 1_002_053)
        let states = try Self.states(events, until: "room1 login-failed 1002053")
        #expect(
            states
                == [1_002_033, 1_002_075, 1_002_077, 1_002_034, 1_002_053].flatMap {
                    ["room1 logining", "room1 login-failed \($0)"]
                })
    }

    @Test("kick-out: a duplicate user, the console, an expired token where that is wanted", .timeLimit(.minutes(2)))
    func putOut() throws {
        let server = try Daemon(serverKeys: "kick_on_token_expiry = true")
        let first = try Daemon(server: try server.asServer())
        let second = try Daemon(server: try server.asServer())
        let events = try first.events()
        #expect(Self.login(first, "user1") == nil)
        #expect(Self.login(second, "user1") == nil)
        #expect(
            try Self.states(events, until: "room1 kick-out 1002050") == [
                "room1 logining", "room1 logined", "room1 kick-out 1002050",
            ])
        #expect(Self.login(first, "user2") == nil)
        #expect(
            try Self.zegoctl(server, ["kick", "user2", "--room", "room1", "--reason", "be quiet"])
                == "put user2 out of room1")
        _ = try Self.states(events, until: "room1 kick-out 1002055")
        #expect(events.seen.last?["extendedData"]["custom_kickout_message"].string == "be quiet")
        let token = try Self.zegoctl(server, ["token", "--user", "user3", "--ttl", "3"])
        #expect(Self.login(first, "user3", config: ["token": .string(token)]) == nil)
        let expired = try Self.states(events, until: "room1 kick-out 1002056")
        #expect(expired.last == "room1 kick-out 1002056")
        #expect(events.seen.contains { $0["event"].string == "token-will-expire" })
        // And never a logout behind a kick-out.
        #expect(!events.seen.contains { $0["reason"].string == "logout" })
    }

    @Test("reconnecting, reconnected and reconnect-failed: the server goes and comes back", .timeLimit(.minutes(2)))
    func outage() throws {
        let server = try Daemon()
        let port = try server.serverPort()
        let engine = try Daemon(server: try server.asServer(), engineKeys: "retry_window_s = 20")
        let events = try engine.events()
        #expect(Self.login(engine, "user1") == nil)
        server.process.send(SIGKILL)
        try server.process.wait(upTo: 5)
        #expect(try Self.states(events, until: "room1 reconnecting 1002051").last == "room1 reconnecting 1002051")
        let file = server.directory.file("zegod.toml")
        try Files.write(try Files.text(file).replacing("port = 0", with: "port = \(port)"), to: file)
        let again = try Daemon.start(in: server.directory)
        #expect(try Self.states(events, until: "room1 reconnected") == ["room1 reconnected"])
        again.send(SIGKILL)
        try again.wait(upTo: 5)
        #expect(
            try Self.states(events, until: "room1 reconnect-failed 1002053", upTo: 40) == [
                "room1 reconnecting 1002051", "room1 reconnect-failed 1002053",
            ])
    }

    @Test("a draining server: clients are sent away, /readyz says so, and they come back", .timeLimit(.minutes(1)))
    func draining() throws {
        let server = try Daemon()
        let port = try server.serverPort()
        let engine = try Daemon(server: try server.asServer())
        let events = try engine.events()
        #expect(Self.login(engine, "user1") == nil)
        func ready() throws -> String {
            try Command.demand(
                ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "http://127.0.0.1:\(port)/readyz"])
        }
        #expect(try ready() == "200")
        #expect(try Self.zegoctl(server, ["drain", "--deadline", "60"]) == "asked 1 clients to go elsewhere")
        #expect(try ready() == "503")
        _ = try Self.states(events, until: "room1 reconnecting 1002051")
        _ = try Self.zegoctl(server, ["drain", "--cancel"])
        #expect(try Self.states(events, until: "room1 reconnected") == ["room1 reconnected"])
        #expect(try ready() == "200")
    }
}
