import Glibc
import Testing

/// The programs of contrib/examples, each run against a daemon.
@Suite("Examples")
struct ExamplesTests {
    private static let folder = "\(Programs.repository)/contrib/examples"
    let daemon: Daemon

    init() throws { daemon = try Daemon(input: "tone:440") }

    private func start(_ arguments: [String], on daemon: Daemon? = nil, more: [String: String] = [:]) throws
        -> ChildProcess
    {
        let daemon = daemon ?? self.daemon
        let environment = ["ZEGOD_SOCKET": daemon.controlSocket, "PYTHONDONTWRITEBYTECODE": "1"]
        let output = daemon.directory.file("example-\(arguments[0].split(separator: "/").last ?? "")")
        return try ChildProcess(
            ["\(Self.folder)/\(arguments[0])"] + arguments.dropFirst(), output: output,
            environment: environment.merging(more) { $1 })
    }

    private func wait(for text: String, of process: ChildProcess) throws {
        try waitUntil(upTo: 20, for: text, instead: { process.output }) { process.output.contains(text) ? true : nil }
    }

    @Test("call.sh enters a room, publishes and prints events", .timeLimit(.minutes(1)))
    func shell() throws {
        let shell = try start(["call.sh", "room1", "user1", "stream1"])
        try wait(for: #""event":"snapshot""#, of: shell)
        #expect(try daemon.status()["publishers"][0]["state"].string == "publishing", "\(shell.output)")
        try daemon.control().call("logoutRoom")
        try wait(for: #""reason":"logout""#, of: shell)
        shell.stop()
    }

    @Test("zegod_client.py makes a call, and says what an error says", .timeLimit(.minutes(1)))
    func client() throws {
        let status = try start(["zegod_client.py", "status"])
        #expect(try status.wait(upTo: 20) == 0)
        #expect(try JSON(line: status.output.replacing("\n", with: " "))["engine"]["state"].string == "running")
        let refused = try start(["zegod_client.py", "stopPlaying", #"{"streamID":"x"}"#])
        #expect(try refused.wait(upTo: 20) == 1)
        #expect(refused.output.contains("PLAYER_STREAM_WAS_NOT_PLAYED"), "\(refused.output)")
    }

    @Test(
        "intercom.py plays whoever publishes; page.py publishes a file and leaves; levels.py shows it",
        .timeLimit(.minutes(2)))
    func intercomAndPage() throws {
        let other = try Daemon(server: try daemon.asServer(), input: "null")
        let intercom = try start(["intercom.py", "lobby", "door"])
        try wait(for: "in lobby", of: intercom)
        // A second of a tone: 48 kHz, 16 bit, mono.
        try WAVFile(samples: (0..<96_000).map { Int16(8000 * sin(Double($0) * 2 * .pi * 500 / 48_000)) }).write(
            to: other.media("gong.wav"))
        let levels = try start(["levels.py"])
        let page = try start(["page.py", "lobby", "desk", "gong.wav"], on: other, more: ["MEDIA": other.media("")])
        try wait(for: "plays desk-page", of: intercom)
        try wait(for: "desk-page", of: levels)
        #expect(try page.wait(upTo: 30) == 0, "\(page.output)")
        #expect(page.output.contains("done"))
        #expect(try other.status()["rooms"].array.allSatisfy { $0["reason"].string == "logout" })
        try waitUntil(upTo: 10, for: "the player to be gone") {
            try daemon.status()["players"].array.isEmpty ? true : nil
        }
        for process in [intercom, levels] { process.stop() }
    }

    @Test("mqtt_bridge.py tells events and takes commands, over a broker", .timeLimit(.minutes(2)))
    func mqtt() throws {
        let port = "\(20_000 + Int(getpid()) % 20_000)"
        try Files.write(
            "listener \(port) 127.0.0.1\nallow_anonymous true\n", to: daemon.directory.file("mosquitto.conf"))
        let broker = try ChildProcess(
            ["/usr/sbin/mosquitto", "-c", daemon.directory.file("mosquitto.conf")],
            output: daemon.directory.file("mosquitto"))
        func publish(_ topic: String, _ payload: String) -> Bool {
            (try? Command.run(["mosquitto_pub", "-h", "127.0.0.1", "-p", port, "-t", topic, "-m", payload], upTo: 5))?
                .status == 0
        }
        try waitUntil(upTo: 10, for: "the broker", instead: { broker.output }) { publish("x", "y") ? true : nil }
        let heard = try ChildProcess(
            ["mosquitto_sub", "-h", "127.0.0.1", "-p", port, "-F", "%t %p", "-t", "zegod/#", "-t", "homeassistant/#"],
            output: daemon.directory.file("heard"))
        let bridge = try start(["mqtt_bridge.py", "127.0.0.1", port])
        try wait(for: "bridging", of: bridge)
        try wait(for: "/available online", of: heard)
        try wait(for: "homeassistant/switch/", of: heard)
        let host = try Command.demand(["hostname"]).split(separator: "\n")[0]
        let call = #"{"method":"loginRoom","params":{"roomID":"hall","user":{"userID":"u"}}}"#
        // The subscription of the bridge may come after its first words.
        try waitUntil(upTo: 10, for: "the room", instead: { heard.output + bridge.output }) {
            _ = publish("zegod/\(host)/call", call)
            return heard.output.contains("/room hall") ? true : nil
        }
        try wait(for: "/event/room-state ", of: heard)
        #expect(publish("zegod/\(host)/microphone/set", "OFF"))
        try waitUntil(upTo: 10, for: "the microphone to be muted", instead: { bridge.output }) {
            try daemon.status()["audio"]["muteMicrophone"].bool == true ? true : nil
        }
        try wait(for: "/microphone OFF", of: heard)
        // Without a word from the broker.
        try daemon.control().call("logoutRoom")
        try wait(for: "/room none", of: heard)
        for process in [bridge, heard, broker] { process.stop() }
    }

    @Test("announcer.service: systemd finds no fault with it", .timeLimit(.minutes(1)))
    func unit() throws {
        let place = try TemporaryDirectory()
        let text = try Files.text("\(Self.folder)/announcer.service").replacing(
            "/usr/bin/zegoctl", with: Programs.zegoctl)
        try Files.write(text, to: place.file("announcer.service"))
        let verify = try Command.run(["systemd-analyze", "verify", "--man=no", place.file("announcer.service")])
        let faults = (verify.output + verify.errors).split(separator: "\n").filter { $0.contains("announcer") }
        #expect(faults.isEmpty, "\(faults)")
    }
}
