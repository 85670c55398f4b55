import COpenSSL
import Transport

/// By what a client knows the certificate of a TLS server.
package enum ServerTrust: Hashable, Sendable {
    /// It was issued, for the name by which the server was reached, by one of the system's authorities.
    case system
    /// The same by one of these; or it is itself one of these.
    case authorities([Certificate])
    /// It has this SHA-256. Names, issuer and dates do not matter then: a machine whose clock is wrong gets in too.
    case pin(CertificatePin)

    /// Judges the chain that a server has shown.
    ///
    /// - Parameters:
    ///   - chain: DER, the server's own certificate first.
    ///   - host: the name or numeric address by which it was reached.
    package func check(
        _ chain: [[UInt8]], host: String, now: CertificateTime = .now()
    ) throws(CertificateRejection) {
        OpenSSLErrors.clear()
        guard let der = chain.first, let leaf = Certificate.x509(der: der) else {
            throw .other("the server shows no certificate")
        }
        defer { X509_free(leaf) }
        guard let shown = Certificate(x509: leaf) else { throw .other(OpenSSLErrors.takeLast()) }
        if case .pin(let pin) = self {
            guard shown.pin == pin else { throw .pinDiffers(expected: pin, shown: shown.pin) }
            return
        }
        guard let store = store() else { throw .other(OpenSSLErrors.takeLast()) }
        defer { X509_STORE_free(store) }
        guard let others = copenssl_new_certificates() else { throw .other(OpenSSLErrors.takeLast()) }
        defer { copenssl_free_certificates(others) }
        for der in chain.dropFirst() {
            // The list takes over what is put in.
            guard let x509 = Certificate.x509(der: der) else { continue }
            if copenssl_add_certificate(others, x509) == 0 { X509_free(x509) }
        }
        try check(leaf, shown, host, now, store: store, others: others)
    }

    private func check(
        _ leaf: OpaquePointer, _ shown: Certificate, _ host: String, _ now: CertificateTime, store: OpaquePointer,
        others: OpaquePointer
    ) throws(CertificateRejection) {
        guard let context = X509_STORE_CTX_new() else { throw .other(OpenSSLErrors.takeLast()) }
        defer { X509_STORE_CTX_free(context) }
        guard X509_STORE_CTX_init(context, store, leaf, others) == 1,
            let parameters = X509_STORE_CTX_get0_param(context), Self.demand(host, now, parameters)
        else { throw .other(OpenSSLErrors.takeLast()) }
        guard X509_verify_cert(context) != 1 else { return }
        let code = X509_STORE_CTX_get_error(context)
        let failed = X509_STORE_CTX_get_current_cert(context).flatMap { Certificate(x509: $0) } ?? shown
        OpenSSLErrors.clear()
        throw CertificateRejection(code: code, host: host, shown: shown, failed: failed, byAuthorities: self != .system)
    }

    private func store() -> OpaquePointer? {
        guard let store = X509_STORE_new() else { return nil }
        switch self {
        case .system:
            guard X509_STORE_set_default_paths(store) == 1 else { break }
            return store
        case .authorities(let authorities):
            let isComplete = authorities.allSatisfy { authority in
                guard let x509 = Certificate.x509(der: authority.der) else { return false }
                defer { X509_free(x509) }
                return X509_STORE_add_cert(store, x509) == 1
            }
            guard isComplete else { break }
            return store
        case .pin: break
        }
        X509_STORE_free(store)
        return nil
    }

    private static func demand(_ host: String, _ now: CertificateTime, _ parameters: OpaquePointer) -> Bool {
        // What the file names is trusted, be it a root or not.
        guard X509_VERIFY_PARAM_set_flags(parameters, UInt(X509_V_FLAG_PARTIAL_CHAIN)) == 1,
            X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_SERVER) == 1
        else { return false }
        X509_VERIFY_PARAM_set_time(parameters, Int(now.seconds))
        // 112 bits, as Debian asks of all TLS.
        X509_VERIFY_PARAM_set_auth_level(parameters, 2)
        X509_VERIFY_PARAM_set_hostflags(parameters, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        if let address = TransportAddress(host: host, port: 0) {
            return X509_VERIFY_PARAM_set1_ip_asc(parameters, address.hostWithoutScope) == 1
        }
        return X509_VERIFY_PARAM_set1_host(parameters, host, 0) == 1
    }
}

extension TransportAddress {
    /// The numeric address without a zone, which no certificate has.
    fileprivate var hostWithoutScope: String { String(host.prefix { $0 != "%" }) }
}
