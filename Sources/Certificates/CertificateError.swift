/// What is wrong with a certificate or a key that was read, or why one cannot be made.
package enum CertificateError: Error, Hashable, Sendable {
    /// It is no certificate, or a broken one; in OpenSSL's words.
    case damaged(String)
    /// There is no private key in the text that could be read; in OpenSSL's words.
    case noKey(String)
    /// The key is protected by a passphrase.
    case keyIsEncrypted
    /// OpenSSL refuses to make one; in its words.
    case cannotMake(String)
}

extension CertificateError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .damaged(let reason): "not a certificate that can be read (\(reason))"
        case .noKey(let reason): "no private key that can be read (\(reason))"
        case .keyIsEncrypted: "a private key with a passphrase"
        case .cannotMake(let reason): "no certificate can be made (\(reason))"
        }
    }
}
