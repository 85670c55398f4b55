import Certificates
import FoundationEssentials
import Glibc
import JSONRPC
import RoomModel
import RoomServer
import Testing
import VoiceEngine

/// Engines that reach their room server by `wss`.
@Suite(.serialized, .timeLimit(.minutes(2))) struct EngineTLSTests {
    /// A server with a certificate for `hosts`.
    private static func run(hosts: [String], _ test: (TestBed, NewCertificate) async throws -> Void) async throws {
        var template = Array("/tmp/voice-engine-XXXXXX".utf8CString)
        let directory = try String(cString: #require(mkdtemp(&template)))
        mkdir(directory + "/media", 0o700)
        let made = try NewCertificate.make(hosts: hosts, days: 2, directory: directory + "/tls", replaces: false)
        let bed = try await TestBed(directory: directory, certificateFiles: made.files)
        do {
            try await test(bed, made)
        } catch {
            await bed.stop()
            throw error
        }
        await bed.stop()
    }

    private static func engine(
        _ bed: TestBed, _ trust: ServerTrust, host: String = "127.0.0.1"
    ) async throws -> (engine: VoiceEngine, events: EventRecorder) {
        try await bed.engine { configuration in
            configuration.server = "wss://\(host):\(bed.port)"
            configuration.trust = trust
        }
    }

    @Test("a voice by wss: known by the pin, by the certificate itself, and one in clear over loopback")
    func calls() async throws {
        try await Self.run(hosts: ["127.0.0.1", "localhost"]) { bed, made in
            let (anna, annasEvents) = try await Self.engine(bed, .pin(made.certificate.pin))
            let (ben, bensEvents) = try await Self.engine(bed, .authorities([made.certificate]), host: "localhost")
            let (carl, _) = try await bed.engine()
            for (engine, name) in [(anna, "anna"), (ben, "ben"), (carl, "carl")] {
                try await bed.login(engine, name)
            }
            _ = try await anna.startPublishing(streamID: "voice", source: .tone(hertz: 440), wait: .seconds(10))
            for engine in [ben, carl] {
                let played = try await engine.startPlaying(streamID: "voice", wait: .seconds(10))
                #expect(played.state == .playing)
            }
            // The certificate is renewed and the connections are cut: the one with the pin may not come back.
            let renewed = try NewCertificate.make(
                hosts: ["localhost"], days: 2, directory: bed.directory + "/tls", replaces: true)
            try bed.server.use(renewed.files)
            #expect(annasEvents.events.allSatisfy { $0.name != "debug-error" }, "they stay")
            #expect(bensEvents.events.allSatisfy { $0.name != "debug-error" })
            for engine in [anna, ben, carl] { _ = await engine.destroy() }
        }
    }

    @Test("a certificate that is not trusted ends a login at once, and says which and what to do")
    func failures() async throws {
        try await Self.run(hosts: ["kitchen"]) { bed, made in
            let other = try SelfSignedCertificate(names: [.dns("kitchen")], days: 1).certificate
            let cases: [(ServerTrust, [String])] = [
                (.pin(other.pin), [other.pin.description, made.certificate.pin.description, "tls_pin"]),
                (.authorities([made.certificate]), ["not for 127.0.0.1 but for DNS:kitchen", "--host 127.0.0.1"]),
                (.authorities([other]), ["self-signed", "tls_ca"]),
                (.system, ["self-signed", made.certificate.pin.description]),
            ]
            for (trust, words) in cases {
                let (engine, events) = try await Self.engine(bed, trust)
                let error = await #expect(throws: ZegoError.self) {
                    _ = try await engine.loginRoom(
                        roomID: "room1", user: bed.user("anna"), config: LoginConfig(), wait: .seconds(8))
                }
                #expect(error?.code == .connectFailed)
                try await events.waitForRoom(.loginFailed, ZegoErrorCode.connectFailed.number)
                let told = try await events.wait("debug-error") { $0.name == "debug-error" }
                let ended = try await events.wait("login-failed") {
                    if case .roomState(_, .loginFailed, _, _) = $0 { true } else { false }
                }
                for word in words {
                    #expect(error?.message.contains(word) == true, "\(String(describing: error))")
                    #expect("\(told.fields)".contains(word))
                    #expect("\(ended.fields)".contains(word))
                }
                // A second try tells it to its caller again, but is no further event of trouble.
                await #expect(throws: ZegoError.self) {
                    _ = try await engine.loginRoom(
                        roomID: "room1", user: bed.user("anna"), config: LoginConfig(), wait: .seconds(8))
                }
                #expect(events.events.count { $0.name == "debug-error" } == 1)
                _ = await engine.destroy()
            }
        }
    }

    @Test("wss to a server without a certificate is tried again, as any that does not answer")
    func noCertificate() async throws {
        let bed = try await TestBed()
        let (engine, events) = try await Self.engine(bed, .system)
        await #expect(throws: WaitExpired.self) {
            _ = try await engine.loginRoom(
                roomID: "room1", user: bed.user("anna"), config: LoginConfig(), wait: .seconds(0.5))
        }
        #expect(events.events.allSatisfy { $0.name != "debug-error" })
        _ = await engine.destroy()
        await bed.stop()
    }

    @Test("while a room is being come back to, another certificate is tried again, and the right one lets in")
    func comesBack() async throws {
        try await Self.run(hosts: ["127.0.0.1"]) { bed, made in
            let (engine, events) = try await Self.engine(bed, .authorities([made.certificate]))
            try await bed.login(engine, "anna")
            // The same port with another certificate, then with the right one again.
            let right = try [made.files.certificate, made.files.key].map { try Data(contentsOf: URL(filePath: $0)) }
            let wrong = try NewCertificate.make(
                hosts: ["127.0.0.1"], days: 2, directory: bed.directory + "/tls", replaces: true)
            await bed.server.stop()
            let second = try await TestBed(
                port: bed.port, directory: bed.directory, credentials: bed.credentials, certificateFiles: wrong.files)
            try await events.waitForRoom(.reconnecting, ZegoErrorCode.connectionTemporarilyBroken.number)
            try await events.wait("debug-error") { $0.name == "debug-error" }
            try right[0].write(to: URL(filePath: made.files.certificate))
            try right[1].write(to: URL(filePath: made.files.key))
            try second.server.use(made.files)
            try await events.waitForRoom(.reconnected, seconds: 20)
            _ = await engine.destroy()
            await second.stop(keepsDirectory: true)
        }
    }
}
