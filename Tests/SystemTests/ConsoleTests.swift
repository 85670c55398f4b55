import Testing

/// `zegoctl` against the console of a room server: the embedded one and `zego-roomd`.
@Suite("The console")
struct ConsoleTests {
    private static func zegoctl(_ socket: String, _ arguments: [String]) throws -> Command {
        try Command.run([Programs.zegoctl, "--socket", socket] + arguments)
    }

    private static func json(_ socket: String, _ arguments: [String]) throws -> JSON {
        try JSON(line: Command.demand([Programs.zegoctl, "--socket", socket, "--json"] + arguments))
    }

    private static func applications(of socket: String) throws {
        let before = try Self.json(socket, ["app", "list"])["apps"].array.count
        let made = try Self.json(socket, ["app", "create"])
        let id = String(made["appID"].integer ?? 0)
        #expect(made["appSign"].string?.count == 64 && made["serverSecret"].string?.count == 32)
        #expect(try Self.json(socket, ["app", "show", id]) == made)
        let rotated = try Self.json(socket, ["app", "rotate", id, "--app-sign"])
        #expect(rotated["appSign"] != made["appSign"] && rotated["serverSecret"] == made["serverSecret"])
        #expect(try Self.json(socket, ["app", "list"])["apps"].array.count == before + 1)
        #expect(try Self.zegoctl(socket, ["app", "delete", id]).status == 0)
        let gone = try Self.zegoctl(socket, ["app", "show", id])
        #expect(gone.status == 1 && gone.errors.contains("1001004"))
        #expect(try Self.json(socket, ["app", "list"])["apps"].array.count == before)
    }

    @Test("the embedded server: applications, who is there, and putting out", .timeLimit(.minutes(2)))
    func embedded() throws {
        let daemon = try Daemon()
        try Self.applications(of: daemon.controlSocket)
        try daemon.login("room1", as: "user1")
        try daemon.control().call("startPublishing", ["streamID": "stream1", "source": "silence"])
        #expect(try Self.json(daemon.controlSocket, ["rooms"])["rooms"][0]["streams"].integer == 1)
        #expect(try Self.json(daemon.controlSocket, ["users"])["users"][0]["userID"].string == "user1")
        #expect(try Self.json(daemon.controlSocket, ["streams"])["streams"][0]["streamID"].string == "stream1")
        let events = try daemon.events()
        let closed = try Self.json(daemon.controlSocket, ["close-room", "room1"])
        #expect(closed["kicked"][0]["userID"].string == "user1")
        try events.next("room-state") { $0["errorCode"].integer == 1_002_055 }
        #expect(try Self.json(daemon.controlSocket, ["rooms"])["rooms"].array.isEmpty)
        #expect(try Self.zegoctl(daemon.controlSocket, ["kick", "user1"]).output == "nobody was there\n")
        #expect(try Self.zegoctl(daemon.controlSocket, ["kick", "a b"]).status == 1)
        // New keys of the application, and its own engine has them.
        let app = try Self.json(daemon.controlSocket, ["app", "show"])
        _ = try Self.json(daemon.controlSocket, ["app", "rotate", String(app["appID"].integer ?? 0)])
        try daemon.login("room1", as: "user1")
    }

    @Test("zego-roomd alone", .timeLimit(.minutes(2)))
    func alone() throws {
        let directory = try TemporaryDirectory()
        try Files.write("[server]\nport = 0\n", to: directory.file("roomd.toml"))
        let process = try ChildProcess(
            [
                Programs.zegoRoomd, "--config", directory.file("roomd.toml"), "--runtime-dir", directory.file("run"),
                "--state-dir", directory.file("state"),
            ], output: directory.file("log"))
        let socket = directory.file("run/admin.sock")
        try waitUntil(upTo: 20, for: "zego-roomd to answer", instead: { process.output }) {
            try Self.zegoctl(socket, ["rooms"]).status == 0 ? true : nil
        }
        try Self.applications(of: socket)
        #expect(try Self.zegoctl(socket, ["drain", "--deadline", "1"]).output == "asked 0 clients to go elsewhere\n")
        process.stop()
    }
}
