/// A certificate that `zegoctl cert create` has made, with its files.
struct ServerCertificate {
    let directory: TemporaryDirectory
    let certificate: String
    let key: String
    /// As it was printed.
    let pin: String

    init(host: String, directory: TemporaryDirectory, name: String = "tls") throws {
        self.directory = directory
        let text = try Command.demand(
            [Programs.zegoctl, "--json", "cert", "create", "--host", host, "--directory", directory.file(name)])
        let made = try JSON(line: text)
        guard let certificate = made["certificate"].string, let key = made["key"].string,
            let pin = made["sha256"].string
        else { throw WaitedInVain(description: "zegoctl cert create: \(text)") }
        (self.certificate, self.key, self.pin) = (certificate, key, pin)
    }

    /// The lines for `[server]`.
    var serverKeys: String { "tls_certificate = \"\(certificate)\"\ntls_key = \"\(key)\"" }

    /// What Chromium wants to hear of its key (SHA-256 of SubjectPublicKeyInfo, Base64).
    func keyHash() throws -> String {
        try Command.demand([
            "sh", "-c",
            """
            openssl x509 -in '\(certificate)' -pubkey -noout | openssl pkey -pubin -outform der |
            openssl dgst -sha256 -binary | openssl base64
            """,
        ]).trimmed
    }
}

extension Machine {
    static let hasOpenSSL = can("make certificates (package openssl)") {
        try Command.run(["openssl", "version"]).status == 0
    }
}
