import COpenSSL
import Certificates

/// The certificate of this process: a self-signed P-256 one made at start, whose SHA-256 fingerprint goes into every
/// description, and the OpenSSL context that carries it. One is enough for all associations of a process.
///
/// Sendable without the compiler's proof: after `init` nothing of it changes, and OpenSSL's contexts may be used from
/// several threads to make associations (their reference counts are atomic, their session cache is off).
package final class DTLSCertificate: @unchecked Sendable {
    /// SHA-256 of the certificate, 32 bytes (`a=fingerprint:sha-256`).
    package let fingerprint: [UInt8]

    let context: OpaquePointer

    /// - Parameter profiles: the SRTP profiles to offer and to take, the one that is liked best first.
    /// - Throws: ``DTLSError/setup(reason:)``.
    package init(profiles: [SRTPProfile] = SRTPProfile.allCases) throws(DTLSError) {
        guard let key = copenssl_generate_p256() else { throw .setup(reason: OpenSSLErrors.takeLast()) }
        defer { EVP_PKEY_free(key) }
        // From a day ago, for peers whose clock is behind; for ten years, so that no daemon outlives it.
        let now = CertificateTime.now()
        guard
            let certificate = SelfSignedCertificate.make(
                key: key, commonName: "WebRTC", from: now.advanced(byDays: -1), until: now.advanced(byDays: 3650))
        else { throw .setup(reason: OpenSSLErrors.takeLast()) }
        defer { X509_free(certificate) }
        guard let fingerprint = CertificatePin(x509: certificate)?.bytes,
            let context = SSL_CTX_new(DTLS_method())
        else { throw .setup(reason: OpenSSLErrors.takeLast()) }
        self.fingerprint = fingerprint
        self.context = context
        guard DTLSCertificate.configure(context, profiles), SSL_CTX_use_certificate(context, certificate) == 1,
            SSL_CTX_use_PrivateKey(context, key) == 1
        else { throw .setup(reason: OpenSSLErrors.takeLast()) }
    }

    deinit {
        SSL_CTX_free(context)
    }

    /// Forward secrecy and AEAD only; RSA for peers whose certificate is RSA.
    private static let cipherSuites =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
        + "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
        + "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384"

    /// OpenSSL makes room for a handshake message as soon as a fragment claims its length: this bounds the claim.
    static let maximumHandshakeMessage = 16384

    private static func configure(_ context: OpaquePointer, _ profiles: [SRTPProfile]) -> Bool {
        copenssl_ctx_set_dtls_options(context)
        copenssl_ctx_set_max_handshake_message(context, maximumHandshakeMessage)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
        SSL_CTX_set_cert_verify_callback(context, { store, _ in DTLSTransport.verifyPeer(store) }, nil)
        // SSL_CTX_set_tlsext_use_srtp returns 0 when it succeeds.
        return copenssl_ctx_set_dtls_1_2(context) == 1
            && SSL_CTX_set_cipher_list(context, cipherSuites) == 1
            && copenssl_ctx_set_groups(context, "X25519:P-256:P-384") == 1
            && SSL_CTX_set_tlsext_use_srtp(context, profiles.map(\.openSSLName).joined(separator: ":")) == 0
    }
}
