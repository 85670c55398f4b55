import COpenSSL
import Certificates
import Transport

/// The certificate authorities of the system (`SSL_CERT_FILE` and `SSL_CERT_DIR` name others), as judges of a TLS server.
package enum SystemAuthorities {
    /// Why a server's certificates are not good enough for a name; nil: they are.
    ///
    /// - Parameters:
    ///   - chain: DER, the server's own certificate first.
    ///   - name: the name or numeric address by which the server was reached.
    package static func refusal(of chain: [[UInt8]], for name: String) -> String? {
        OpenSSLErrors.clear()
        let certificates = chain.compactMap(x509)
        defer { certificates.forEach { X509_free($0) } }
        guard let leaf = certificates.first, certificates.count == chain.count else {
            return "the server shows no certificate"
        }
        guard let store = X509_STORE_new(), let context = X509_STORE_CTX_new(), let others = OPENSSL_sk_new_null()
        else { return "out of memory" }
        defer {
            X509_STORE_CTX_free(context)
            X509_STORE_free(store)
            // The certificates are the list's only for as long as it is looked at.
            OPENSSL_sk_free(others)
        }
        for certificate in certificates.dropFirst() { OPENSSL_sk_push(others, UnsafeRawPointer(certificate)) }
        guard X509_STORE_set_default_paths(store) == 1, X509_STORE_CTX_init(context, store, leaf, others) == 1,
            X509_STORE_CTX_set_default(context, "ssl_server") == 1, let wanted = X509_STORE_CTX_get0_param(context)
        else { return OpenSSLErrors.takeLast() }
        let isAddress = TransportAddress(host: name, port: 0) != nil
        let isSet =
            isAddress
            ? X509_VERIFY_PARAM_set1_ip_asc(wanted, name) : X509_VERIFY_PARAM_set1_host(wanted, name, name.utf8.count)
        guard isSet == 1 else { return "\(name) is no name for a certificate" }
        guard X509_verify_cert(context) != 1 else { return nil }
        let code = Int(X509_STORE_CTX_get_error(context))
        OpenSSLErrors.clear()
        guard let reason = X509_verify_cert_error_string(code) else { return "the certificate is refused (\(code))" }
        return "the certificate of \(name): \(String(cString: reason))"
    }

    private static func x509(_ der: [UInt8]) -> OpaquePointer? {
        der.withUnsafeBufferPointer { buffer in
            var next = buffer.baseAddress
            return d2i_X509(nil, &next, buffer.count)
        }
    }
}
