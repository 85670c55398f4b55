import COpenSSL

/// Why the certificate of a server is not accepted; the text says what to do about it.
package enum CertificateRejection: Error, Hashable, Sendable {
    case pinDiffers(expected: CertificatePin, shown: CertificatePin)
    /// The certificate of the server, or one of those that issued it.
    case expired(subject: String, on: CertificateTime)
    case notYetValid(subject: String, from: CertificateTime)
    /// Nobody who is trusted has issued it.
    case unknownIssuer(issuer: String, isSelfSigned: Bool, pin: CertificatePin, byAuthorities: Bool)
    case wrongName(host: String, names: [String])
    /// Anything else, in OpenSSL's words.
    case other(String)

    /// - Parameters:
    ///   - code: OpenSSL's `X509_V_ERR_…`.
    ///   - shown: the server's certificate.
    ///   - failed: the one of its chain that the code is about.
    init(code: Int32, host: String, shown: Certificate, failed: Certificate, byAuthorities: Bool) {
        switch code {
        case X509_V_ERR_CERT_HAS_EXPIRED: self = .expired(subject: failed.subject, on: failed.validUntil)
        case X509_V_ERR_CERT_NOT_YET_VALID: self = .notYetValid(subject: failed.subject, from: failed.validFrom)
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
            self = .wrongName(host: host, names: shown.names)
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_UNTRUSTED:
            self = .unknownIssuer(
                issuer: failed.issuer, isSelfSigned: shown.isSelfIssued, pin: shown.pin, byAuthorities: byAuthorities)
        default:
            let reason = X509_verify_cert_error_string(Int(code)).map { String(cString: $0) }
            self = .other(reason ?? "error \(code)")
        }
    }
}

extension CertificateRejection: CustomStringConvertible {
    package var description: String {
        switch self {
        case .pinDiffers(let expected, let shown):
            """
            the server's certificate is not the pinned one: tls_pin is \(expected), the server shows \(shown); if its \
            certificate was made anew, take the pin from the server's machine (openssl x509 -noout -fingerprint -sha256 \
            -in …)
            """
        case .expired(let subject, let date):
            "the server's certificate (\(subject)) expired on \(date): renew it, or set this machine's clock"
        case .notYetValid(let subject, let date):
            "the server's certificate (\(subject)) is valid from \(date) on: set this machine's clock"
        case .unknownIssuer(_, true, let pin, _):
            """
            the server's certificate is self-signed and not trusted: set tls_pin to its SHA-256 as zegoctl cert create \
            printed it on the server's machine (the server here shows \(pin)), or tls_ca to a copy of the certificate
            """
        case .unknownIssuer(let issuer, false, _, true):
            "the server's certificate comes from \(issuer), which is not in the file of tls_ca: put its certificate there"
        case .unknownIssuer(let issuer, false, _, false):
            """
            the server's certificate comes from \(issuer), which this system does not trust: set tls_ca to the file with \
            its certificate, or see that the server sends its whole chain (tls_certificate, the server's own first)
            """
        case .wrongName(let host, let names):
            """
            the server's certificate is not for \(host)\(names.isEmpty ? "" : " but for \(names.joined(separator: ", "))"): \
            reach the server by a name of its certificate, or make one for \(host) (zegoctl cert create --host \(host))
            """
        case .other(let reason): "the server's certificate is not accepted: \(reason)"
        }
    }
}
