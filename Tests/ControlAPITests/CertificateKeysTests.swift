import Certificates
import ControlAPI
import RoomServer
import Testing

/// The keys of TLS in both configurations.
@Suite("TLS in the configuration")
struct CertificateKeysTests {
    private let place: TestDirectory
    private let made: NewCertificate

    init() throws {
        place = try TestDirectory()
        made = try NewCertificate.make(hosts: ["kitchen"], days: 2, directory: place.path, replaces: false)
    }

    private func parse(_ text: String) throws -> DaemonConfiguration {
        try DaemonConfiguration(file: ConfigurationFile(path: "zegod.toml", text: text), stateDirectory: "/state")
    }

    private func refusal(_ text: String) -> String {
        do {
            _ = try parse(text)
            return "none"
        } catch {
            return "\(error)"
        }
    }

    private var keys: String {
        "tls_certificate = \"\(made.files.certificate)\"\ntls_key = \"\(made.files.key)\""
    }

    @Test("a certificate opens the server, in zegod's file and in zego-roomd's")
    func opens() throws {
        let text = "[server]\nlisten = \"0.0.0.0\"\n\(keys)\n"
        #expect(try parse(text).server.certificateFiles == made.files)
        let alone = try RoomDaemonConfiguration(file: ConfigurationFile(path: "zego-roomd.toml", text: text))
        let configuration = alone.server.roomServerConfiguration(stateDirectory: "/state", version: "1")
        #expect(configuration.certificateFiles == made.files)
        #expect(try parse("[server]\ntls_certificate = \"\"\ntls_key = \"\"\n").server.certificateFiles == nil)
    }

    @Test("what is wrong is told with file, line, key and cure")
    func refusals() throws {
        let open = refusal("[server]\nlisten = \"0.0.0.0\"\n")
        for word in ["zegod.toml:2: server.listen", "tls_certificate", "insecure", "zegoctl cert create"] {
            #expect(open.contains(word), "\(open)")
        }
        let half = refusal("[server]\ntls_certificate = \"\(made.files.certificate)\"\n")
        #expect(half.contains("server.tls_key: expected the file of the private key"), "\(half)")
        let otherHalf = refusal("[server]\ntls_key = \"\(made.files.key)\"\n")
        #expect(otherHalf.contains("zegod.toml:1: server.tls_certificate"), "\(otherHalf)")
        let swapped = refusal(
            "[server]\ntls_certificate = \"\(made.files.key)\"\ntls_key = \"\(made.files.certificate)\"\n")
        #expect(swapped.contains("zegod.toml:2: server.tls_certificate: expected a certificate in PEM"), "\(swapped)")
        let missing = refusal("[server]\ntls_certificate = \"/nowhere/c.pem\"\ntls_key = \"/nowhere/k.pem\"\n")
        #expect(missing.contains("/nowhere/c.pem, which does not exist"), "\(missing)")
        // A server that is not there needs no certificate.
        let off =
            "[engine]\nserver = \"ws://x\"\n[server]\nenabled = false\ntls_certificate = \"/no\"\ntls_key = \"/no\"\n"
        #expect(refusal(off) == "none")
    }

    @Test("by what the engine knows its server")
    func trust() throws {
        let server = "[engine]\nserver = \"wss://kitchen:8790\"\n"
        #expect(try parse(server).engine.trust == .system)
        #expect(try parse(server).engine.server == "wss://kitchen:8790")
        let pin = made.certificate.pin
        for text in ["\(pin)", "\(pin)".lowercased(), "\(pin)".filter { $0 != ":" }] {
            #expect(try parse(server + "tls_pin = \"\(text)\"\n").engine.trust == .pin(pin))
        }
        let byFile = try parse(server + "tls_ca = \"\(made.files.certificate)\"\n")
        #expect(byFile.engine.trust == .authorities([made.certificate]))
        #expect(try parse("[engine]\ntls_pin = \"\(pin)\"\n").engine.trust == .pin(pin), "for createEngine")

        let wrong = [
            (server + "tls_pin = \"AB:CD\"\n", "zegod.toml:3: engine.tls_pin: expected the SHA-256"),
            (
                server + "tls_ca = \"/nowhere.pem\"\n",
                "engine.tls_ca: expected a file of certificates in PEM, got /nowhere.pem"
            ),
            (server + "tls_ca = \"\(made.files.key)\"\n", "which has none"),
            (
                server + "tls_ca = \"/x\"\ntls_pin = \"\(pin)\"\n",
                "engine.tls_pin: expected tls_ca or tls_pin, got both"
            ),
            ("[engine]\nserver = \"ws://x\"\ntls_pin = \"\(pin)\"\n", "engine.tls_pin: expected a server with TLS"),
            ("[engine]\nserver = \"ws://x\"\ntls_ca = \"/x\"\n", "engine.tls_ca: expected a server with TLS"),
        ]
        for (text, words) in wrong { #expect(refusal(text).contains(words), "\(refusal(text))") }
    }
}
