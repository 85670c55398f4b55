import FoundationEssentials
import Glibc
import Testing

/// A second machine (a network namespace) joins by wss, or does not and is told why.
@Suite("A second machine", .enabled(if: Machine.cutsNetworks && Machine.hasOpenSSL))
struct TwoMachinesTests {
    private let network: CutNetwork
    private let made: ServerCertificate
    private let server: Daemon

    init() throws {
        network = try CutNetwork()
        made = try ServerCertificate(host: network.outside, directory: try TemporaryDirectory())
        server = try Daemon(input: "tone:440", serverKeys: "listen = \"0.0.0.0\"\n\(made.serverKeys)")
    }

    private func joined(_ engineKeys: String, scheme: String = "wss", port: Int? = nil) throws -> Daemon {
        let url = "\(scheme)://\(network.outside):\(try port ?? server.serverPort())"
        return try Daemon(
            server: (url, try server.asServer().application), engineKeys: engineKeys, prefix: network.inside)
    }

    /// What `loginRoom` is refused with.
    private func refusal(_ daemon: Daemon) throws -> ControlClient.Refused {
        let params: JSON = ["roomID": "room1", "user": ["userID": "user2"], "wait": 5]
        return try #require(throws: ControlClient.Refused.self) { try daemon.control().call("loginRoom", params) }
    }

    @Test("hears the first one: its certificate known by the pin, or by a copy of it", .timeLimit(.minutes(3)))
    func joins() throws {
        // The embedded engine goes on although there is TLS.
        try server.login("room1", as: "user1")
        try server.control().call("startPublishing", ["streamID": "stream1", "wait": 20])
        for (user, keys) in [("user2", "tls_pin = \"\(made.pin)\""), ("user3", "tls_ca = \"\(made.certificate)\"")] {
            let daemon = try joined(keys)
            try daemon.login("room1", as: user)
            try daemon.control().call("startPlaying", ["streamID": "stream1", "wait": 20])
            #expect(try daemon.status()["players"][0]["state"].string == "playing")
            #expect(try daemon.status()["engine"]["server"].string?.hasPrefix("wss://") == true)
            try daemon.control().call("startSoundLevelMonitor", ["intervalMs": 100])
            try daemon.events().next("sound-level", upTo: 5) { ($0["remote"]["stream1"].number ?? 0) > 0 }
        }
    }

    @Test("is told what is wrong with the certificate, by answer, event and log", .timeLimit(.minutes(3)))
    func isTold() throws {
        let elsewhere = try ServerCertificate(host: "kitchen", directory: made.directory, name: "elsewhere")
        let another = try ServerCertificate(host: network.outside, directory: made.directory, name: "another")
        let kitchen = try Daemon(serverKeys: "listen = \"0.0.0.0\"\n\(elsewhere.serverKeys)")
        let expired = try ExpiredServer(host: network.outside, directory: made.directory)
        let cases: [(keys: String, port: Int?, words: [String], fix: String)] = [
            ("tls_pin = \"\(another.pin)\"", nil, [another.pin, made.pin], "tls_pin = \"\(made.pin)\""),
            ("", nil, ["self-signed", "tls_pin", made.pin], "tls_pin = \"\(made.pin)\""),
            ("tls_ca = \"\(another.certificate)\"", nil, ["self-signed", "tls_ca"], "tls_pin = \"\(made.pin)\""),
            (
                "tls_ca = \"\(elsewhere.certificate)\"", try kitchen.serverPort(),
                ["not for \(network.outside)", "kitchen"], "cert create --force --host \(network.outside)"
            ),
            ("tls_ca = \"\(expired.certificate)\"", expired.port, ["expired on", "renew"], "cert create --force"),
        ]
        for (keys, port, words, fix) in cases {
            let daemon = try joined(keys, port: port)
            let events = try daemon.events()
            let refused = try refusal(daemon)
            #expect(refused.code == 1_002_030, "\(refused)")
            let trouble = try events.next("debug-error", upTo: 5)
            let ended = try events.next("room-state", upTo: 5) { $0["reason"].string == "login-failed" }
            for word in words {
                #expect(refused.error["message"].string?.contains(word) == true, "\(refused)")
                #expect(trouble["info"].string?.contains(word) == true, "\(trouble)")
                #expect(ended["extendedData"]["message"].string?.contains(word) == true, "\(ended)")
                #expect(daemon.log.contains(word), "\(daemon.log)")
            }
            let doctor = try Command.run(
                network.inside + [
                    Programs.zegoctl, "--socket", daemon.controlSocket, "doctor", "--config",
                    daemon.directory.file("zegod.toml"), "--state-dir", daemon.directory.file("state"),
                ])
            #expect(doctor.status == 1)
            #expect(doctor.output.contains("PROBLEM  certificate: that of \(network.outside)"), "\(doctor.output)")
            #expect(doctor.output.contains(fix), "\(doctor.output)")
        }
    }

    @Test("in clear: the page leads to https, all else is refused; this machine may", .timeLimit(.minutes(3)))
    func inClear() throws {
        let port = try server.serverPort()
        let place = "\(network.outside):\(port)"
        func curl(_ arguments: String..., inside: Bool = true) throws -> String {
            let command = ["curl", "-s", "-S", "-i", "-m", "10", "--cacert", made.certificate] + arguments
            return try Command.demand((inside ? network.inside : []) + command)
        }
        let page = try curl("http://\(place)/")
        #expect(page.hasPrefix("HTTP/1.1 307 "), "\(page)")
        #expect(page.contains("Location: https://\(place)/\r\n"), "\(page)")
        #expect(try curl("-L", "http://\(place)/").contains("</html>"))
        #expect(try curl("http://\(place)/livez").hasPrefix("HTTP/1.1 200 "))
        #expect(try curl("https://\(place)/livez").hasPrefix("HTTP/1.1 200 "))
        #expect(try curl("https://\(place)/metrics").hasPrefix("HTTP/1.1 403 "))
        let app = try server.asServer().application.id
        for door in ["whip/\(app)/room1/camera", "whep/\(app)/camera"] {
            let refused = try curl(
                "-H", "Authorization: Bearer 04AAAA", "-H", "Content-Type: application/sdp", "-d", "v=0",
                "http://\(place)/\(door)")
            #expect(refused.hasPrefix("HTTP/1.1 403 "), "\(refused)")
            #expect(refused.contains("application/problem+json") && refused.contains("https"), "\(refused)")
            let tried = try curl("-H", "Content-Type: application/sdp", "-d", "v=0", "https://\(place)/\(door)")
            #expect(tried.hasPrefix("HTTP/1.1 401 "), "\(tried)")
        }
        #expect(try curl("http://\(place)/v1/signal").hasPrefix("HTTP/1.1 403 "))
        #expect(!server.log.contains("04AAAA"))
        // From the server's own machine, by whatever address.
        for address in ["127.0.0.1", network.outside] {
            #expect(try curl("http://\(address):\(port)/", inside: false).hasPrefix("HTTP/1.1 200 "), "\(address)")
        }

        let daemon = try joined("", scheme: "ws")
        try daemon.control().call("loginRoom", ["roomID": "room1", "user": ["userID": "user2"], "wait": false])
        try waitUntil(upTo: 5, for: "the log to say why", instead: { daemon.log }) {
            daemon.log.contains("wss://") ? true : nil
        }
    }

    @Test("half-open and slow clients are closed after ten seconds, TLS or not", .timeLimit(.minutes(2)))
    func halfOpen() throws {
        let report = try JSON(
            line: Command.demand(["python3", "\(Programs.tools)/half_open.py", "\(try server.serverPort())"], upTo: 40))
        for (name, seconds) in report.members {
            #expect((9.5...14).contains(seconds.number ?? 0), "\(name): \(seconds) s")
        }
        #expect(report.members.count == 6)
    }
}

extension JSON {
    /// Those of an object, by name.
    fileprivate var members: [(String, JSON)] {
        if case .object(let members) = self { members.sorted { $0.key < $1.key } } else { [] }
    }
}
