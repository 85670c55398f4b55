import COpenSSL

/// Makes certificates that their own key has signed, on P-256.
package struct SelfSignedCertificate: Sendable {
    package let certificate: Certificate
    /// The certificate as PEM.
    package let pem: [UInt8]
    package let key: PrivateKey

    /// Makes a key and a certificate for a TLS server.
    ///
    /// - Parameters:
    ///   - names: by which clients reach it; not empty.
    ///   - days: how long it is valid, from now (an hour ago, for clients whose clock is behind).
    package init(
        names: [ServerName], days: Int, now: CertificateTime = .now()
    ) throws(CertificateError) {
        OpenSSLErrors.clear()
        guard let key = copenssl_generate_p256() else { throw .cannotMake(OpenSSLErrors.takeLast()) }
        defer { EVP_PKEY_free(key) }
        let from = CertificateTime(seconds: now.seconds - 3600)
        let until = now.advanced(byDays: days)
        guard let x509 = Self.make(key: key, commonName: "zego room server", from: from, until: until, names: names)
        else { throw .cannotMake(OpenSSLErrors.takeLast()) }
        defer { X509_free(x509) }
        guard let certificate = Certificate(x509: x509), let pem = MemoryBIO(),
            PEM_write_bio_X509(pem.pointer, x509) == 1, let secret = MemoryBIO(),
            PEM_write_bio_PKCS8PrivateKey(secret.pointer, key, nil, nil, 0, nil, nil) == 1
        else { throw .cannotMake(OpenSSLErrors.takeLast()) }
        self.certificate = certificate
        self.pem = pem.take()
        self.key = try PrivateKey(pem: secret.take())
    }

    /// OpenSSL's own form of a certificate for this key, to be freed with `X509_free`; nil (with OpenSSL's errors in
    /// their queue) when OpenSSL refuses.
    ///
    /// - Parameter names: for a server, else empty: then the certificate has no extensions.
    package static func make(
        key: OpaquePointer, commonName: String, from: CertificateTime, until: CertificateTime, names: [ServerName] = []
    ) -> OpaquePointer? {
        guard let certificate = X509_new() else { return nil }
        var serial: UInt64 = 0
        let drawn = withUnsafeMutableBytes(of: &serial) {
            RAND_bytes($0.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32($0.count))
        }
        let name = X509_get_subject_name(certificate)
        guard drawn == 1, X509_set_version(certificate, 2) == 1,
            ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1 | 1) == 1,
            ASN1_TIME_set(X509_getm_notBefore(certificate), Int(from.seconds)) != nil,
            ASN1_TIME_set(X509_getm_notAfter(certificate), Int(until.seconds)) != nil,
            X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_FLAG | 1, commonName, -1, -1, 0) == 1,
            X509_set_issuer_name(certificate, name) == 1, X509_set_pubkey(certificate, key) == 1,
            names.isEmpty || addServerExtensions(certificate, names),
            X509_sign(certificate, key, EVP_sha256()) > 0
        else {
            X509_free(certificate)
            return nil
        }
        return certificate
    }

    private static func addServerExtensions(_ certificate: OpaquePointer, _ names: [ServerName]) -> Bool {
        // No authority: whoever trusts this certificate trusts this server, and nothing that its key might sign. And no key
        // usage: by one without the right to sign, BoringSSL and others would not take the certificate for its own issuer,
        // and would not find a trusted one for it in a file that names it.
        let extensions = [
            (NID_basic_constraints, "critical,CA:FALSE"),
            (NID_ext_key_usage, "serverAuth"), (NID_subject_key_identifier, "hash"),
            (NID_subject_alt_name, names.map(\.extensionText).joined(separator: ",")),
        ]
        return extensions.allSatisfy { copenssl_add_extension(certificate, $0.0, $0.1) == 1 }
    }
}
