import Certificates

/// Why the files of a server's certificate cannot be used: which key of the configuration, which file, and the cure.
package struct CertificateFilesError: Error, Hashable, Sendable {
    /// Which of the two.
    package enum File: String, Sendable {
        case certificate = "server.tls_certificate"
        case key = "server.tls_key"
    }

    package enum Problem: Hashable, Sendable {
        case missing
        /// In the kernel's words.
        case unreadable(String)
        /// Others can read the key.
        case isOpen
        case noCertificate
        /// How.
        case damaged(String)
        case noKey
        case isEncrypted
        case isOfAnother(certificate: String)
        case expired(CertificateTime)
        case notYetValid(CertificateTime)
        /// The TLS library does not take them; in its words.
        case unusable(String)
    }

    package let file: File
    package let path: String
    package let problem: Problem

    /// What should be there.
    package var expected: String {
        switch problem {
        case .missing:
            file == .key
                ? "the PEM file of the certificate's private key"
                : "a PEM file with the server's certificate (zegoctl cert create makes one)"
        case .unreadable: "a file that the daemon's user can read (chown or chmod it, and its directory)"
        case .isOpen: "a private key that others cannot read (chmod o= \(path))"
        case .noCertificate, .damaged:
            "a certificate in PEM (-----BEGIN CERTIFICATE-----), those of its issuers behind it"
        case .noKey: "a private key in PEM (-----BEGIN PRIVATE KEY-----)"
        case .isEncrypted: "a private key without a passphrase (openssl pkey -in \(path) -out …)"
        case .isOfAnother(let certificate): "the private key of the first certificate in \(certificate)"
        case .expired: "a certificate that is still valid: renew it (zegoctl cert create --force, certbot renew)"
        case .notYetValid: "a certificate that is valid already (is this machine's clock right?)"
        case .unusable: "a certificate and a key for TLS: RSA, or EC on P-256, P-384 or P-521"
        }
    }

    /// What is there.
    package var got: String {
        switch problem {
        case .missing: "\(path), which does not exist"
        case .unreadable(let reason): "\(path): \(reason)"
        case .isOpen: "\(path), which they can read"
        case .noCertificate: "\(path), which has none"
        case .damaged(let reason): "\(path): \(reason)"
        case .noKey: "\(path), which has none that can be read"
        case .isEncrypted: "\(path), which has one"
        case .isOfAnother: "\(path), which is that of another"
        case .expired(let date): "\(path), which expired on \(date)"
        case .notYetValid(let date): "\(path), which is valid from \(date) on"
        case .unusable(let reason): "\(path): \(reason)"
        }
    }
}

extension CertificateFilesError: CustomStringConvertible {
    package var description: String { "\(file.rawValue): expected \(expected), got \(got)" }
}
