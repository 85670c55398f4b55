import FoundationEssentials
import Glibc
import Testing

/// Secrets go in by every door that takes them, rightly and wrongly; then everything that the daemon has said is searched for them.
@Suite("Secrets")
struct SecretsTests {
    private static let appSign = String(repeating: "5ec2e7a1", count: 8)
    private static let serverSecret = "ServerSecretThatNobodyShallSee32"
    private static let appID = 4_242_424

    @Test("no AppSign, ServerSecret, token or bearer in a log, event, status, metric or error", .timeLimit(.minutes(2)))
    func areNotTold() throws {
        let application = """
            [[server.app]]
            app_id = \(Self.appID)
            app_sign = "\(Self.appSign)"
            server_secret = "\(Self.serverSecret)"
            """
        let daemon = try Daemon(input: "tone:440", serverKeys: application, more: "[log]\nlevel = \"trace\"")
        let events = try ChildProcess(
            ["socat", "-u", "UNIX-CONNECT:\(daemon.eventsSocket)", "-"], output: daemon.directory.file("events"))
        try waitUntil(upTo: 10, for: "the snapshot") { events.output.contains("\n") ? true : nil }
        var said = ""
        func call(_ method: String, _ params: JSON) throws {
            let request: JSON = ["jsonrpc": "2.0", "id": 1, "method": .string(method), "params": params]
            said += try LineExchange.answers(to: request.description, at: daemon.controlSocket)
        }
        func login(_ token: JSON) throws {
            try call(
                "loginRoom", ["roomID": "room1", "user": ["userID": "user1"], "config": ["token": token], "wait": 20])
        }

        // Tokens: a good one, one for somebody else, one that is none, one of the wrong type.
        func token(_ user: String) throws -> String {
            try Command.demand([Programs.zegoctl, "--socket", daemon.controlSocket, "token", "--user", user])
                .replacing("\n", with: "")
        }
        let good = try token("user1")
        let foreign = try token("user2")
        let forged = "04ForgedTokenOfSomebodyWhoWouldLikeToComeIn"
        try login(.string(foreign))
        try login(.string(forged))
        try login(["x": .string(forged)])
        try login(.string(good))
        #expect(try daemon.status()["rooms"][0]["reason"].string == "logined", "the secrets do work: \(said)")
        try call("startPublishing", ["streamID": "stream1"])
        try call("fly", ["token": .string(forged)])

        // AppSigns: right, wrong, too long.
        let wrongSign = String(repeating: "baddcafe", count: 8)
        for sign in [Self.appSign, wrongSign, Self.appSign + "00", "not-even-hexadecimal-" + forged] {
            try call("createEngine", ["appID": .number(Double(Self.appID)), "appSign": .string(sign)])
        }
        try call("destroy", [:])
        try call("createEngine", ["appID": .number(Double(Self.appID)), "appSign": .string(Self.appSign + "00")])
        try call("createEngine", ["appID": .number(Double(Self.appID)), "appSign": .string(wrongSign)])
        try call("loginRoom", ["roomID": "room1", "user": ["userID": "user1"]])
        try call("destroy", [:])
        try call("createEngine", ["appID": .number(Double(Self.appID)), "appSign": .string(Self.appSign)])
        try login(.string(good))

        // Bearers.
        let port = try daemon.serverPort()
        for bearer in [good, foreign, forged] {
            for path in ["whip/\(Self.appID)/room1/s", "whep/\(Self.appID)/s"] {
                said += try Command.run([
                    "curl", "-s", "-i", "-X", "POST", "-H", "Authorization: Bearer \(bearer)", "-H",
                    "Content-Type: application/sdp", "--data", "v=0", "http://127.0.0.1:\(port)/\(path)",
                ]).output
            }
        }
        said += try Command.demand(["curl", "-s", "http://127.0.0.1:\(port)/metrics"])

        // A configuration that is re-read with a slip in a secret.
        let file = daemon.directory.file("zegod.toml")
        let configuration = try Files.text(file)
        try Files.write(configuration.replacing(Self.appSign, with: Self.appSign.dropLast(2)), to: file)
        try call("reload", [:])
        try Files.write(configuration.replacing(Self.serverSecret, with: Self.serverSecret.dropLast(2)), to: file)
        try call("reload", [:])
        try Files.write(configuration, to: file)

        // A restart that takes up again what has secrets in it, and what this version does not take.
        try call("status", [:])
        try call("metrics", [:])
        daemon.process.send(SIGKILL)
        try daemon.process.wait(upTo: 10)
        let state = daemon.directory.file("state/state.json")
        let kept = try Files.text(state)
        #expect(kept.contains(good) && kept.contains(Self.appSign), "a login needs them again: \(kept)")
        #expect(try Command.demand(["stat", "-c", "%a", state]) == "600\n")
        try Files.write(
            kept.replacing(#""calls":["#, with: #""calls":[{"method":"fly","params":{"token":"\#(forged)"}},"#),
            to: state)
        let again = try Daemon.start(in: daemon.directory)
        try waitUntil(upTo: 20, for: "the room", instead: { again.output }) {
            (try? daemon.status())?["rooms"][0]["reason"].string == "logined" ? true : nil
        }
        try call("status", [:])
        again.stop()

        let all = [
            "log": daemon.log + again.output, "events": events.output, "answers": said,
        ]
        for (place, text) in all {
            #expect(!text.isEmpty)
            for secret in [
                Self.appSign.dropLast(2), Substring(Self.serverSecret.dropLast(2)), Substring(wrongSign),
                Substring(forged),
                Substring(good), Substring(foreign),
            ] where text.contains(secret) {
                let line = text.split(separator: "\n").first { $0.contains(secret) } ?? ""
                Issue.record("\(place) tells \(secret.prefix(12))…: \(line.prefix(300))")
            }
        }
    }
}

/// One line to a socket, and all that comes back.
private enum LineExchange {
    static func answers(to line: String, at path: String) throws -> String {
        let connection = try LineConnection(path: path)
        try connection.write(line: line)
        connection.endOfInput()
        var text = ""
        while let answer = try connection.readLine(upTo: 40) { text += answer + "\n" }
        return text
    }
}
