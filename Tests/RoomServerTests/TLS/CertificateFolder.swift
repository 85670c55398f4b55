import Certificates
import FoundationEssentials
import Glibc
import RoomServer

/// A folder with a server's certificate in it, removed with the value.
final class CertificateFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/zego-tls-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var files: CertificateFiles {
        CertificateFiles(certificate: path + "/certificate.pem", key: path + "/key.pem")
    }

    /// Puts a new certificate into the place of what is there.
    @discardableResult
    func renew(
        names: [ServerName] = [.dns("localhost")], days: Int = 30, now: CertificateTime = .now()
    ) throws -> SelfSignedCertificate {
        let made = try SelfSignedCertificate(names: names, days: days, now: now)
        try write(made.pem, made.key.pem)
        return made
    }

    func write(_ certificate: [UInt8], _ key: [UInt8]) throws {
        try write(certificate, to: files.certificate)
        try write(key, to: files.key)
    }

    func write(_ bytes: [UInt8], to path: String) throws {
        try Data(bytes).write(to: URL(filePath: path))
        guard chmod(path, 0o600) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}
