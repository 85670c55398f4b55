import ControlAPI
import Glibc
import JSONRPC
import Logging
import RoomModel
import RoomServer
import Testing
import VoiceEngine

@Suite("Configuration")
struct ConfigurationTests {
    private static let appSign = String(repeating: "ab", count: 32)
    private static let secret = String(repeating: "s", count: 32)

    private func parse(_ text: String, mode: mode_t = 0o600) throws -> DaemonConfiguration {
        try DaemonConfiguration(
            file: ConfigurationFile(path: "zegod.toml", text: text, mode: mode), stateDirectory: "/state")
    }

    private func refusal(_ text: String, mode: mode_t = 0o600) -> String? {
        do {
            _ = try parse(text, mode: mode)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test("Every value has a default")
    func defaults() throws {
        let configuration = try DaemonConfiguration(file: .empty("x"), stateDirectory: "/state")
        #expect(configuration.engine == .init())
        #expect(configuration.audio.input == "default")
        #expect(configuration.audio.periodMs == 10)
        #expect(configuration.audio.realtimePriority == 70)
        #expect(configuration.server == .init())
        #expect(configuration.server.isEnabled)
        #expect(configuration.filesDirectory == "/state/media")
        #expect(configuration.logLevel == .info)
        #expect(configuration.joins.isEmpty)
    }

    @Test("All keys of this version")
    func everything() throws {
        let configuration = try parse(
            """
            [engine]
            app_id = 1234567890
            app_sign = "\(Self.appSign)"
            server = "ws://127.0.0.1:8790"
            scenario = "karaoke"
            room_mode = "multi"
            retry_window_s = 60
            stun_servers = ["stun:192.0.2.1:3478"]
            [audio]
            input = "tone:440"
            output = "null"
            period_ms = 20
            low_delay = true
            realtime_priority = 0
            echo_cancellation = false
            dtx = true
            [server]
            enabled = true
            listen = "0.0.0.0"
            port = 0
            advertise = ["192.0.2.1"]
            insecure = true
            departure_timeout_s = 5
            turn_servers = ["turn:turn.example", "turns:[2001:db8::1]:443?transport=tcp"]
            turn_secret = "north"
            [[server.app]]
            app_id = 7
            app_sign = "\(Self.appSign)"
            server_secret = "\(Self.secret)"
            [files]
            directory = "/media"
            [log]
            level = "debug"
            [[join]]
            room = "lobby"
            user = "kiosk-1"
            publish = "kiosk-1-mic"
            play = "all"
            [[join]]
            room = "hall"
            user = "kiosk-1"
            play = ["a", "b"]
            """)
        #expect(configuration.engine.appID == 1_234_567_890)
        #expect(configuration.engine.appSign?.hexadecimal == Self.appSign)
        #expect(configuration.engine.server == "ws://127.0.0.1:8790")
        #expect(configuration.engine.scenario == .karaoke)
        #expect(configuration.engine.roomMode == .multi)
        #expect(configuration.engine.stunServers == ["stun:192.0.2.1:3478"])
        var audio = DaemonConfiguration.Audio()
        audio.input = "tone:440"
        audio.output = "null"
        audio.periodMs = 20
        audio.isLowDelay = true
        audio.realtimePriority = 0
        audio.echoCancellation = false
        audio.dtx = true
        #expect(configuration.audio == audio)
        #expect(configuration.server.listen == "0.0.0.0")
        #expect(configuration.server.departureTimeoutSeconds == 5)
        #expect(
            configuration.server.turnServers == ["turn:turn.example", "turns:[2001:db8::1]:443?transport=tcp"])
        #expect(configuration.server.turnSecret == TURNSecret("north"))
        #expect(configuration.server.applications.map(\.appID.rawValue) == [7])
        #expect(configuration.filesDirectory == "/media")
        #expect(configuration.logLevel == .debug)
        #expect(configuration.joins.map(\.play) == [.all, .streams(["a", "b"])])
        #expect(configuration.joins.map(\.publish) == ["kiosk-1-mic", nil])
    }

    @Test(
        "What is wrong is named with file, line, key and expectation",
        arguments: [
            ("[engine]\nfoo = 1", "zegod.toml:2: engine.foo is not a key of this version"),
            ("[nothing]\nfoo = 1", "zegod.toml:1: nothing is not a key of this version"),
            ("[audio]\ninput = 5", "zegod.toml:2: audio.input: expected string, got integer"),
            ("[audio]\n\n# x\nperiod_ms = 1", "zegod.toml:4: audio.period_ms: expected integer 5…40, got 1"),
            (
                "[audio]\necho_cancellation = 1",
                "zegod.toml:2: audio.echo_cancellation: expected boolean, got integer"
            ),
            ("[audio]\nnoise = true", "zegod.toml:2: audio.noise is not a key"),
            ("[engine]\ntls_roots = \"\"", "engine.tls_roots is not a key of this version"),
            ("[engine]\napp_id = 0", "engine.app_id: expected integer 1…4294967295, got 0"),
            ("[engine]\napp_sign = \"abc\"", "engine.app_sign: expected 64 hexadecimal digits, got 3 characters"),
            ("[engine]\nscenario = \"disco\"", "engine.scenario: expected one of default"),
            ("[engine]\nserver = \"wss://x:0\"", "engine.server: expected embedded, ws://host:port or wss://host:port"),
            ("[engine]\nserver = \"ws://x:0\"", "engine.server: expected embedded, ws://host:port or wss://host:port"),
            (
                "[server]\nenabled = false",
                "engine.server: expected ws://host:port or wss://host:port, because server.enabled is false"
            ),
            ("[engine]\nstun_servers = [\"stun.example\"]", "engine.stun_servers[0]: expected stun:host:port, got"),
            ("[server]\nturn_servers = [\"stun:x\"]", "server.turn_servers[0]: expected turn:host:port?transport=udp"),
            ("[server]\nturn_servers = [\"turn:x\"]", "server.turn_secret: expected the secret of the turn_servers"),
            ("[server]\nport = 65536", "server.port: expected integer 0…65535, got 65536"),
            ("[server]\nlisten = \"localhost\"", "zegod.toml:2: server.listen: expected a numeric IP address"),
            ("[server]\nlisten = \"0.0.0.0\"", "zegod.toml:2: server.listen: expected a loopback address"),
            ("[[server.app]]\napp_id = 1", "zegod.toml:1: server.app[0].app_sign: expected string, got missing"),
            ("[server]\nwebhook_url = \"example.org\"", "zegod.toml:2: server.webhook_url: expected http://"),
            ("[server]\nwebhook_url = \"https://example.org/hook\"", "server.webhook_secret: expected the secret"),
            ("[server]\nwebhook_secret = \"hush\"", "server.webhook_url: expected a URL"),
            ("[engine]\nretry_window_s = 0", "engine.retry_window_s: expected integer 1…86400, got 0"),
            ("[log]\nlevel = \"loud\"", "log.level: expected one of trace"),
            ("[[join]]\nroom = \"r\"", "zegod.toml:1: join[0].user: expected string, got missing"),
            ("[[join]]\nroom = \"r\"\nuser = \"u\"\nplay = \"some\"", "zegod.toml:4: join[0].play"),
            ("[[join]]\nroom = \"r\"\nuser = \"u\"\npublish = \"a b\"", "zegod.toml:4: join[0].publish"),
            ("[[join]]\nroom = \"\"\nuser = \"u\"", "zegod.toml:2: join[0].room"),
            (
                "[[join]]\nroom=\"r\"\nuser=\"u\"\n[[join]]\nroom=\"s\"\nuser=\"u\"",
                "engine.room_mode: expected \"multi\""
            ),
            (
                "[engine]\nroom_mode=\"multi\"\n[[join]]\nroom=\"r\"\nuser=\"u\"\n[[join]]\nroom=\"s\"\nuser=\"v\"",
                "zegod.toml:8: join[1].user"
            ), ("[engine\n", "zegod.toml:1: not TOML"),
            ("a = 1\n [*a]", "zegod.toml:2: not TOML"), ("[[ é]]", "zegod.toml:1: not TOML"),
            ("[\n[engine]\n", "zegod.toml:1: not TOML"),
            ("\u{A0}[*]", "zegod.toml:1: not TOML"), ("[[[a]]]", "zegod.toml:1: not TOML"),
            ("a = 1\nb = =", "zegod.toml:2: not TOML"),
        ])
    func mistakes(text: String, message: String) throws {
        let said = try #require(refusal(text))
        #expect(said.contains(message), "\(said)")
    }

    @Test("A file with secrets in it that others can read is refused, and the secret is not told")
    func secrets() throws {
        let text = "[engine]\napp_id = 1\napp_sign = \"\(Self.appSign)\""
        #expect(refusal(text, mode: 0o640) == nil)
        let message = try #require(refusal(text, mode: 0o644))
        #expect(message.contains("chmod o="))
        #expect(!message.contains(Self.appSign))
        #expect(refusal("[audio]\ninput = \"null\"", mode: 0o644) == nil)
        let app = "[[server.app]]\napp_id = 7\napp_sign = \"\(Self.appSign)\"\nserver_secret = \"\(Self.secret)\""
        #expect(refusal(app, mode: 0o644) != nil)
        let webhook = "[server]\nwebhook_url = \"http://h/\"\nwebhook_secret = \"hush\""
        #expect(try parse(webhook).server.webhook == WebhookConfiguration(url: "http://h/", secret: "hush"))
        let told = try #require(refusal(webhook, mode: 0o644))
        #expect(told.contains("chmod o=") && !told.contains("hush"))
        let damaged = try #require(refusal("[engine]\napp_sign = \"\(Self.appSign.dropLast())x\""))
        #expect(!damaged.contains("abab"))
    }

    @Test("The AppSign may stand in a file of its own, or come as a credential of systemd")
    func appSignFile() throws {
        let directory = try TestDirectory()
        let path = try directory.write("app_sign", Self.appSign + "\n")
        #expect(try parse("[engine]\napp_sign_file = \"\(path)\"").engine.appSign?.hexadecimal == Self.appSign)
        let open = try directory.write("open", Self.appSign, mode: 0o644)
        #expect(refusal("[engine]\napp_sign_file = \"\(open)\"")?.contains("others cannot read") == true)
        #expect(refusal("[engine]\napp_sign_file = \"/nowhere\"")?.contains("does not exist") == true)
        let credential = try DaemonConfiguration(
            file: .empty("x"), stateDirectory: "/s", credentialsDirectory: directory.path)
        #expect(credential.engine.appSign?.hexadecimal == Self.appSign)
    }

    @Test("Reading: a file that is not there counts as empty unless it was named")
    func files() throws {
        let directory = try TestDirectory()
        #expect(try ConfigurationFile.read(directory.path + "/none", isRequired: false).json.isEmpty)
        #expect(throws: ConfigurationError.self) {
            try ConfigurationFile.read(directory.path + "/none", isRequired: true)
        }
        #expect(throws: ConfigurationError.self) { try ConfigurationFile.read(directory.path, isRequired: true) }
        let binary = try directory.write("binary", "a = \"\u{0}\"")
        #expect(throws: ConfigurationError.self) { try ConfigurationFile.read(binary, isRequired: true) }
    }

    @Test("zego-roomd reads the same section")
    func roomDaemon() throws {
        let file = try ConfigurationFile(path: "r.toml", text: "[server]\nport = 1\n[log]\nlevel = \"error\"")
        let configuration = try RoomDaemonConfiguration(file: file)
        #expect(configuration.server.port == 1)
        #expect(configuration.logLevel == .error)
        #expect(throws: ConfigurationError.self) {
            try RoomDaemonConfiguration(file: ConfigurationFile(path: "r.toml", text: "[audio]\ninput = \"null\""))
        }
    }

    @Test("Directories: the system's, the user's, and those that the caller names")
    func directories() throws {
        let environment = ["HOME": "/home/u", "XDG_RUNTIME_DIR": "/run/user/7"]
        let system = try DaemonDirectories(name: "zegod") { environment[$0] }
        #expect(system.runtime == "/run/zegod")
        #expect(system.state == "/var/lib/zegod")
        #expect(system.configuration == "/etc/zegod/zegod.toml")
        #expect(!system.isConfigurationRequired)
        let user = try DaemonDirectories(name: "zegod", isUser: true) { environment[$0] }
        #expect(user.runtime == "/run/user/7/zegod")
        #expect(user.state == "/home/u/.local/state/zegod")
        #expect(user.configuration == "/home/u/.config/zegod/zegod.toml")
        #expect(throws: ConfigurationError.self) { try DaemonDirectories(name: "zegod", isUser: true) { _ in nil } }
        let named = try DaemonDirectories(
            name: "zegod", configuration: "c", runtime: "/r//", state: "s/", isUser: true, environment: { _ in nil })
        #expect(named.runtime == "/r")
        #expect(named.state == "s")
        #expect(named.isConfigurationRequired)
    }

    @Test("A reload tells which keys changed, and no values")
    func changes() throws {
        let old = try ConfigurationFile(path: "x", text: "[log]\nlevel = \"info\"\n[server]\nport = 1").json
        let new = try ConfigurationFile(path: "x", text: "[log]\nlevel = \"debug\"\n[audio]\ninput = \"null\"").json
        var changes = ConfigurationChanges(from: old, to: new)
        #expect(changes.restartNeeded == ["audio.input", "log.level", "server.port"])
        changes.apply { $0 == "log.level" }
        #expect(changes.json == ["applied": ["log.level"], "restartNeeded": ["audio.input", "server.port"]])
    }

    @Test(
        "The embedded server is reached on loopback",
        arguments: [
            ("127.0.0.1:8790", "ws://127.0.0.1:8790"), ("0.0.0.0:1", "ws://127.0.0.1:1"), ("[::]:1", "ws://[::1]:1"),
            ("192.0.2.1:5", "ws://192.0.2.1:5"),
        ])
    func embedded(bound: String, url: String) throws {
        #expect(try EngineServer.url("embedded", boundAddress: bound) == url)
        #expect(try EngineServer.url("ws://other:1", boundAddress: bound) == "ws://other:1")
        #expect(throws: JSONShapeError.self) { try EngineServer.url(nil, boundAddress: nil) }
        #expect(throws: JSONShapeError.self) { try EngineServer.url("http://x", boundAddress: bound) }
    }

    @Test("The application is the call's, the configuration's, or none")
    func credentials() throws {
        var options = EngineOptions()
        var configuration = DaemonConfiguration.Engine()
        #expect(throws: ZegoError(.appIDZero, detail: "neither createEngine nor engine.app_id names an application")) {
            try EngineServer.credentials(options, configuration, nil)
        }
        configuration.appID = 5
        #expect(throws: ZegoError.self) { try EngineServer.credentials(options, configuration, nil) }
        configuration.appSign = try AppSign(hexadecimal: Self.appSign)
        #expect(try EngineServer.credentials(options, configuration, nil) == (5, Self.appSign))
        // Another application does not get this one's key.
        options.appID = 6
        #expect(throws: ZegoError.self) { try EngineServer.credentials(options, configuration, nil) }
        options.appSign = "00"
        #expect(throws: ZegoError(.appSignInvalidLength)) { try EngineServer.credentials(options, configuration, nil) }
    }
}
