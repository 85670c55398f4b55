import Certificates
import Glibc
import Transport

/// The files of a server's certificate: `[server] tls_certificate` and `tls_key`.
package struct CertificateFiles: Hashable, Sendable {
    /// PEM: the server's own certificate, and behind it those that lead to a root.
    package let certificate: String
    /// PEM: the private key.
    package let key: String

    /// The largest file that is read, in bytes.
    private static let maximumBytes = 1 << 20

    package init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }

    /// Reads both and judges them: they can be read, the key by nobody else, they belong together, and the certificate
    /// is valid now.
    package func load(now: CertificateTime = .now()) throws(CertificateFilesError) -> ServerIdentity {
        let chain: [Certificate]
        let text = try Self.read(certificate, .certificate).bytes
        do throws(CertificateError) {
            chain = try Certificate.read(pem: text)
        } catch {
            throw failure(.certificate, .damaged(error.description))
        }
        guard let own = chain.first else { throw failure(.certificate, .noCertificate) }
        let secret = try Self.read(self.key, .key)
        guard secret.mode & 0o007 == 0 else { throw failure(.key, .isOpen) }
        let key: PrivateKey
        do throws(CertificateError) {
            key = try PrivateKey(pem: secret.bytes)
        } catch {
            throw failure(.key, error == .keyIsEncrypted ? .isEncrypted : .noKey)
        }
        guard key.matches(own) else { throw failure(.key, .isOfAnother(certificate: certificate)) }
        guard own.validUntil > now else { throw failure(.certificate, .expired(own.validUntil)) }
        guard own.validFrom <= now else { throw failure(.certificate, .notYetValid(own.validFrom)) }
        return ServerIdentity(chain: chain, key: key)
    }

    private func failure(
        _ file: CertificateFilesError.File, _ problem: CertificateFilesError.Problem
    ) -> CertificateFilesError {
        CertificateFilesError(file: file, path: file == .key ? key : certificate, problem: problem)
    }

    private static func read(
        _ path: String, _ file: CertificateFilesError.File
    ) throws(CertificateFilesError) -> (bytes: [UInt8], mode: mode_t) {
        func failed(_ problem: CertificateFilesError.Problem) -> CertificateFilesError {
            CertificateFilesError(file: file, path: path, problem: problem)
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw failed(errno == ENOENT ? .missing : .unreadable(String(cString: strerror(errno))))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw failed(.unreadable("not a regular file"))
        }
        guard status.st_size <= maximumBytes else { throw failed(.unreadable("larger than \(maximumBytes) bytes")) }
        var bytes = [UInt8](repeating: 0, count: maximumBytes)
        var count = 0
        while count < maximumBytes {
            let got = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress.map { $0 + count }, maximumBytes - count)
            }
            if got == 0 { break }
            if got < 0 {
                if errno == EINTR { continue }
                throw failed(.unreadable(String(cString: strerror(errno))))
            }
            count += got
        }
        return (Array(bytes[..<count]), status.st_mode)
    }

    /// What tells a renewal from what was there before: it changes with the files, with the targets of symbolic links,
    /// and with who may read them.
    var stamp: [FileStamp?] { [FileStamp(certificate), FileStamp(key)] }
}
