import COpenSSL

/// The private key of a server's certificate, as PEM. It has no description: it is a secret.
package struct PrivateKey: Sendable, Hashable {
    package let pem: [UInt8]
    /// SubjectPublicKeyInfo of its public half, which the certificate has too.
    private let publicKey: [UInt8]

    /// Finds the first private key in a PEM text (PKCS#8, or the older forms for RSA and EC).
    ///
    /// - Throws: ``CertificateError/noKey(_:)`` or ``CertificateError/keyIsEncrypted``.
    package init(pem: [UInt8]) throws(CertificateError) {
        OpenSSLErrors.clear()
        guard let bio = MemoryBIO(pem) else { throw .noKey(OpenSSLErrors.takeLast()) }
        // Without a function that gives the passphrase OpenSSL would ask at the terminal.
        guard let key = PEM_read_bio_PrivateKey(bio.pointer, nil, { _, _, _, _ in -1 }, nil) else {
            let reason = OpenSSLErrors.takeLast()
            throw String(decoding: pem, as: UTF8.self).contains("ENCRYPTED") ? .keyIsEncrypted : .noKey(reason)
        }
        defer { EVP_PKEY_free(key) }
        guard let publicKey = Self.publicKey(of: key) else { throw .noKey(OpenSSLErrors.takeLast()) }
        self.pem = pem
        self.publicKey = publicKey
    }

    /// Whether the certificate is for this key.
    package func matches(_ certificate: Certificate) -> Bool {
        guard let x509 = Certificate.x509(der: certificate.der) else { return false }
        defer { X509_free(x509) }
        guard let key = X509_get0_pubkey(x509) else { return false }
        return Self.publicKey(of: key) == publicKey
    }

    private static func publicKey(of key: OpaquePointer) -> [UInt8]? {
        let length = i2d_PUBKEY(key, nil)
        guard length > 0 else { return nil }
        var der = [UInt8](repeating: 0, count: Int(length))
        let written = der.withUnsafeMutableBufferPointer { buffer in
            var next = buffer.baseAddress
            return i2d_PUBKEY(key, &next)
        }
        return written == length ? der : nil
    }
}
