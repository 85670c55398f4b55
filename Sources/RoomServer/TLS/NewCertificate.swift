import Certificates
import Glibc
import MediaIO
import Transport

/// A self-signed certificate with its key in files, for servers that nobody has given one.
package struct NewCertificate: Sendable {
    package let files: CertificateFiles
    package let certificate: Certificate
    /// The names that it is for.
    package let names: [String]

    /// What clients pin: upper-case hexadecimal digits with colons.
    package var pin: String { certificate.pin.description }
    package var validUntil: String { certificate.validUntil.description }

    /// The user as which the daemons run where they are installed.
    private static let daemonUser = "zegod"

    /// Makes `certificate.pem` (to be read by everybody) and `key.pem` (0600; given to the daemon's user when root makes
    /// it and there is that user).
    ///
    /// - Parameters:
    ///   - hosts: by which clients reach the server: host names and numeric addresses; empty: ``localNames()``.
    ///   - days: how long it is valid.
    ///   - directory: made if it is not there.
    ///   - replaces: whether files that are there are replaced.
    package static func make(
        hosts: [String], days: Int, directory: String, replaces: Bool
    ) throws(NewCertificateError) -> NewCertificate {
        var names: [ServerName] = []
        for host in hosts {
            guard let name = ServerName(host) else { throw .notAHost(host) }
            if !names.contains(name) { names.append(name) }
        }
        if names.isEmpty { names = localNames() }
        let files = CertificateFiles(certificate: "\(directory)/certificate.pem", key: "\(directory)/key.pem")
        for path in [files.certificate, files.key] where !replaces && access(path, F_OK) == 0 {
            throw .exists(path)
        }
        let made: SelfSignedCertificate
        do throws(CertificateError) {
            made = try SelfSignedCertificate(names: names, days: days)
        } catch {
            throw .failed(error.description)
        }
        do throws(SecretFileError) {
            try SecretFile.makeDirectory(directory, mode: 0o755)
            try SecretFile.replace(files.key, with: made.key.pem)
            try SecretFile.replace(files.certificate, with: made.pem, mode: 0o644)
        } catch {
            throw .failed("\(directory): \(error.reason)")
        }
        if geteuid() == 0, let user = getpwnam(daemonUser) {
            guard chown(files.key, user.pointee.pw_uid, user.pointee.pw_gid) == 0 else {
                throw .failed("\(files.key): cannot be given to \(daemonUser): \(String(cString: strerror(errno)))")
            }
        }
        return NewCertificate(files: files, certificate: made.certificate, names: names.map(\.description))
    }

    /// The machine's name, `localhost`, and all its addresses.
    package static func localNames() -> [ServerName] {
        var names: [ServerName] = []
        var machine = [CChar](repeating: 0, count: 256)
        if gethostname(&machine, machine.count - 1) == 0 {
            let text = String(decoding: machine.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if let name = ServerName(text) { names.append(name) }
        }
        names += [.dns("localhost")]
        // Those of a link alone need a zone, which no certificate has.
        names += NetworkInterfaces.addresses().filter { !$0.address.isLinkLocal && $0.address.scope == 0 }
            .map { .address($0.address) }
        return names.reduce(into: []) { all, name in if !all.contains(name) { all.append(name) } }
    }
}
