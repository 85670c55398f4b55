import Certificates
import JSONRPC

/// `[engine] tls_ca` and `tls_pin`: by what the engine knows the room server's certificate.
enum TrustKeys {
    /// Reads the keys; without them it is the system's authorities.
    ///
    /// - Parameter server: `engine.server`; nil: embedded.
    static func read(_ section: inout JSONReader, server: String?) throws(JSONShapeError) -> ServerTrust {
        let authorities = try section.optionalString("tls_ca") ?? ""
        let pin = try section.optionalString("tls_pin") ?? ""
        guard authorities.isEmpty || pin.isEmpty else {
            throw JSONShapeError(path: section.path(of: "tls_pin"), expected: "tls_ca or tls_pin", got: "both")
        }
        let key = section.path(of: pin.isEmpty ? "tls_ca" : "tls_pin")
        guard !authorities.isEmpty || !pin.isEmpty else { return .system }
        if let server, !server.hasPrefix("wss://") {
            // Whoever wrote it takes the connection for protected.
            throw JSONShapeError(
                path: key, expected: "a server with TLS (engine.server = \"wss://…\") or no such key",
                got: "engine.server = \"\(server)\"")
        }
        return pin.isEmpty ? .authorities(try certificates(authorities, key)) : .pin(try self.pin(pin, key))
    }

    private static func pin(_ text: String, _ key: String) throws(JSONShapeError) -> CertificatePin {
        guard let pin = CertificatePin(text) else {
            throw JSONShapeError(
                path: key, expected: "the SHA-256 of the server's certificate: 64 hexadecimal digits, colons allowed",
                got: "\"\(text)\"")
        }
        return pin
    }

    private static func certificates(_ path: String, _ key: String) throws(JSONShapeError) -> [Certificate] {
        let expected = "a file of certificates in PEM"
        let content: (bytes: [UInt8], mode: UInt32)?
        do throws(ConfigurationError) {
            content = try SmallFile.read(path)
        } catch {
            throw JSONShapeError(path: key, expected: "a file that can be read", got: error.description)
        }
        guard let content else {
            throw JSONShapeError(path: key, expected: expected, got: "\(path), which does not exist")
        }
        let certificates: [Certificate]
        do throws(CertificateError) {
            certificates = try Certificate.read(pem: content.bytes)
        } catch {
            throw JSONShapeError(path: key, expected: expected, got: "\(path): \(error)")
        }
        guard !certificates.isEmpty else {
            throw JSONShapeError(path: key, expected: expected, got: "\(path), which has none")
        }
        return certificates
    }
}
