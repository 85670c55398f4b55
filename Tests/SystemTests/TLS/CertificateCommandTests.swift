import FoundationEssentials
import Testing

/// `zegoctl cert create`, judged by OpenSSL's own program.
@Suite("zegoctl cert create", .enabled(if: Machine.hasOpenSSL))
struct CertificateCommandTests {
    @Test(
        "makes a pair for the machine's names, prints what both sides need, and overwrites nothing",
        .timeLimit(.minutes(2)))
    func creates() throws {
        let place = try TemporaryDirectory()
        let create = [Programs.zegoctl, "cert", "create", "--directory", place.file("new/tls")]
        let text = try Command.demand(create)
        let (certificate, key) = (place.file("new/tls/certificate.pem"), place.file("new/tls/key.pem"))
        let modes = try Command.demand(["stat", "-c", "%a", certificate, key])
        #expect(modes == "644\n600\n")
        let shown = try Command.demand([
            "openssl", "x509", "-in", certificate, "-noout", "-text", "-fingerprint", "-sha256",
        ])
        let pin = try #require(shown.split(separator: "\n").last?.split(separator: "=").last)
        for word in [
            "DNS:localhost", "IP Address:127.0.0.1", "TLS Web Server Authentication", "CA:FALSE", "prime256v1",
        ] {
            #expect(shown.contains(word), "\(shown)")
        }
        for line in [
            "tls_certificate = \"\(certificate)\"", "tls_key = \"\(key)\"", "tls_pin = \"\(pin)\"", "[server]",
            "[engine]",
        ] { #expect(text.contains(line), "\(text)") }
        try Command.demand(["openssl", "pkey", "-in", key, "-noout", "-check"])

        let again = try Command.run(create)
        #expect(again.status == 1)
        #expect(again.errors.contains("--force"), "\(again.errors)")
        let forced = try Command.demand(
            create + ["--force", "--host", "kitchen", "--host", "192.0.2.7", "--days", "3"])
        #expect(!forced.contains(String(pin)))
        #expect(forced.contains("A certificate for kitchen, 192.0.2.7, valid until"))
        #expect(forced.contains("server = \"wss://kitchen:8790\""))
        for bad in [["--host", "a b"], ["--host", "fe80::1%2"]] {
            let refused = try Command.run([Programs.zegoctl, "cert", "create", "--directory", place.file("x")] + bad)
            #expect(refused.status == 1 && refused.errors.contains("neither a host name"), "\(refused.errors)")
        }
        #expect(try Command.run(create + ["--days", "0"]).status == 64)
    }

    @Test(
        "a daemon names what is wrong with a pair, at --check-config, at the start and at a reload",
        .timeLimit(.minutes(2)))
    func refused() throws {
        let place = try TemporaryDirectory()
        let made = try ServerCertificate(host: "localhost", directory: place)
        let daemon = try Daemon(serverKeys: made.serverKeys)
        try Command.demand(["chmod", "644", made.key])
        let check = try Command.run(
            [Programs.zegod, "--config", daemon.directory.file("zegod.toml"), "--check-config"], upTo: 10)
        #expect(check.status == 78)
        for word in ["zegod.toml", "server.tls_key", made.key, "chmod o="] {
            #expect(check.errors.contains(word), "\(check.errors)")
        }
        let refusal = try #require(throws: ControlClient.Refused.self) { try daemon.control().call("reload") }
        #expect(refusal.error["message"].string?.contains(made.key) ?? false, "\(refusal)")
        #expect("\(refusal)".contains("CONFIGURATION_INVALID"))
        // The daemon goes on with what it has.
        let port = try daemon.serverPort()
        try Command.demand(["curl", "-sf", "--cacert", made.certificate, "https://localhost:\(port)/livez"])

        let other = try TemporaryDirectory()
        try Files.write(
            try Files.text(daemon.directory.file("zegod.toml")), to: other.file("zegod.toml"))
        let second = try Daemon.start(in: other)
        #expect(try second.wait(upTo: 10) == 78)
        #expect(second.output.contains("server.tls_key"), "\(second.output)")
    }
}
