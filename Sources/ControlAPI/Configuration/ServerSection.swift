import JSONRPC
import RoomModel
import RoomServer
import Transport

/// `[server]`: the room server that zegod embeds, or that zego-roomd is.
package struct ServerSection: Sendable, Equatable {
    package var isEnabled = true
    package var listen = "127.0.0.1"
    package var port: UInt16 = 8790
    package var advertise: [String] = []
    package var insecure = false
    /// `tls_certificate`, `tls_key`; nil: no TLS.
    package var certificateFiles: CertificateFiles?
    package var departureTimeoutSeconds = 30
    package var kicksOnTokenExpiry = false
    package var webhook: WebhookConfiguration?
    package var turnServers: [String] = []
    package var turnSecret: TURNSecret?
    /// The keys of ``certificateFiles``, which a reload puts into effect.
    package static let certificateKeys: Set = ["server.tls_certificate", "server.tls_key"]
    /// `[[server.app]]`
    package var applications: [AppCredentials] = []

    package init() {}

    /// Reads the section; what it does not say is as in `defaults`.
    init(_ section: inout JSONReader, _ defaults: ServerSection) throws(JSONShapeError) {
        self = defaults
        isEnabled = try section.optionalBool("enabled") ?? isEnabled
        listen = try section.optionalString("listen") ?? listen
        port = try section.optionalInteger("port") ?? port
        advertise = try section.optionalStrings("advertise") ?? advertise
        insecure = try section.optionalBool("insecure") ?? insecure
        certificateFiles = try Self.certificateFiles(&section)
        departureTimeoutSeconds =
            try section.optionalInteger("departure_timeout_s", in: 1...3600) ?? departureTimeoutSeconds
        kicksOnTokenExpiry = try section.optionalBool("kick_on_token_expiry") ?? kicksOnTokenExpiry
        webhook = try Self.webhook(&section) ?? webhook
        try readRelays(&section)
        for element in try section.optionalArray("app") ?? [] {
            var reader = try JSONReader(element.value, path: element.path)
            applications.append(try Self.application(&reader, known: applications))
        }
        try section.finish()
        try checkListen()
        if isEnabled { try checkCertificate() }
    }

    private static func certificateFiles(_ section: inout JSONReader) throws(JSONShapeError) -> CertificateFiles? {
        let certificate = try section.optionalString("tls_certificate") ?? ""
        let key = try section.optionalString("tls_key") ?? ""
        if certificate.isEmpty, key.isEmpty { return nil }
        guard !key.isEmpty else {
            throw JSONShapeError(
                path: section.path(of: "tls_key"), expected: "the file of the private key of tls_certificate",
                got: "nothing")
        }
        guard !certificate.isEmpty else {
            throw JSONShapeError(
                path: section.path(of: "tls_certificate"), expected: "the file of the certificate of tls_key",
                got: "nothing")
        }
        return CertificateFiles(certificate: certificate, key: key)
    }

    private func checkCertificate() throws(JSONShapeError) {
        guard let certificateFiles else { return }
        do throws(CertificateFilesError) {
            _ = try certificateFiles.load()
        } catch {
            throw JSONShapeError(path: error.file.rawValue, expected: error.expected, got: error.got)
        }
    }

    /// Whether the section holds secrets, so that others must not read the file.
    var holdsSecrets: Bool { !applications.isEmpty || webhook != nil || turnSecret != nil }

    private static func webhook(_ section: inout JSONReader) throws(JSONShapeError) -> WebhookConfiguration? {
        let url = try section.optionalString("webhook_url") ?? ""
        let secret = try section.optionalString("webhook_secret") ?? ""
        guard !url.isEmpty else {
            guard secret.isEmpty else {
                throw JSONShapeError(path: "server.webhook_url", expected: "a URL, for there is a secret", got: "none")
            }
            return nil
        }
        guard WebhookConfiguration.isURL(url) else {
            throw JSONShapeError(path: "server.webhook_url", expected: "http://… or https://…", got: "\"\(url)\"")
        }
        guard !secret.isEmpty else {
            throw JSONShapeError(
                path: "server.webhook_secret", expected: "the secret that the signature is made with", got: "none")
        }
        return WebhookConfiguration(url: url, secret: secret)
    }

    /// `turn_servers` and the `turn_secret` without which they would let nobody in.
    private mutating func readRelays(_ section: inout JSONReader) throws(JSONShapeError) {
        turnServers = try section.optionalStrings("turn_servers") ?? turnServers
        for (index, text) in turnServers.enumerated() {
            guard let url = ICEServerURL(text), url.service != .stun else {
                throw JSONShapeError(
                    path: "\(section.path(of: "turn_servers"))[\(index)]",
                    expected: "turn:host:port?transport=udp, turn:host:port?transport=tcp or turns:host:port",
                    got: "\"\(text)\"")
            }
        }
        if let text = try section.optionalString("turn_secret"), !text.isEmpty { turnSecret = TURNSecret(text) }
        guard turnServers.isEmpty || turnSecret != nil else {
            throw JSONShapeError(
                path: section.path(of: "turn_secret"),
                expected: "the secret of the turn_servers (coturn's static-auth-secret)", got: "nothing")
        }
    }

    private static func application(
        _ reader: inout JSONReader, known: [AppCredentials]
    ) throws(JSONShapeError) -> AppCredentials {
        let number: UInt32 = try reader.integer("app_id", in: 1...UInt32.max)
        let appSign = try DaemonConfiguration.appSign(reader.string("app_sign"), key: reader.path(of: "app_sign"))
        let secretText = try reader.string("server_secret")
        try reader.finish()
        guard let secret = ServerSecret(secretText) else {
            throw JSONShapeError(
                path: reader.path(of: "server_secret"), expected: "32 printable characters of ASCII",
                got: "\(secretText.utf8.count) bytes")
        }
        guard let appID = try? AppID(number), !known.contains(where: { $0.appID == appID }) else {
            throw JSONShapeError(path: reader.path(of: "app_id"), expected: "each application once", got: "\(number)")
        }
        return AppCredentials(appID: appID, appSign: appSign, serverSecret: secret)
    }

    private func checkListen() throws(JSONShapeError) {
        guard let address = TransportAddress(host: listen, port: 0) else {
            throw JSONShapeError(path: "server.listen", expected: "a numeric IP address", got: "\"\(listen)\"")
        }
        guard address.isLoopback || insecure || certificateFiles != nil else {
            throw JSONShapeError(
                path: "server.listen",
                expected: """
                    a loopback address, or a certificate (server.tls_certificate and tls_key; zegoctl cert create makes \
                    both), or server.insecure = true to open it to other machines without TLS
                    """,
                got: "\"\(listen)\"")
        }
    }

    /// The room server's configuration.
    package func roomServerConfiguration(stateDirectory: String, version: String) -> RoomServerConfiguration {
        var configuration = RoomServerConfiguration(
            stateDirectory: stateDirectory, listen: listen, port: port, advertise: advertise, insecure: insecure,
            certificateFiles: certificateFiles, fixedApplications: applications,
            departureTimeoutMs: departureTimeoutSeconds * 1000, version: version)
        configuration.kicksOnTokenExpiry = kicksOnTokenExpiry
        configuration.webhook = webhook
        configuration.relays = RelayDirectory(turnServers: turnServers, secret: turnSecret)
        return configuration
    }
}
