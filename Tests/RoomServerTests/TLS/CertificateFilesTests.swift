import Certificates
import Glibc
import RoomServer
import Testing

@Suite("The files of the server's certificate")
struct CertificateFilesTests {
    private static func error(_ files: CertificateFiles, now: CertificateTime = .now()) -> CertificateFilesError? {
        do throws(CertificateFilesError) {
            _ = try files.load(now: now)
            return nil
        } catch {
            return error
        }
    }

    private static func expect(
        _ error: CertificateFilesError?, _ file: CertificateFilesError.File, _ path: String, _ words: String...,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        let error = try #require(error, sourceLocation: location)
        #expect(error.file == file, sourceLocation: location)
        for word in [file.rawValue, path] + words {
            #expect("\(error)".contains(word), "\(error)", sourceLocation: location)
        }
    }

    @Test("a good pair, its chain behind it")
    func good() throws {
        let folder = try CertificateFolder()
        let made = try folder.renew()
        #expect(try folder.files.load().chain == [made.certificate])
        let other = try SelfSignedCertificate(names: [.dns("issuer")], days: 30)
        try folder.write(made.pem + other.pem, made.key.pem)
        #expect(try folder.files.load().chain == [made.certificate, other.certificate])
        // Both in one file, as some tools write them.
        try folder.write(made.pem + made.key.pem, made.key.pem)
        let one = CertificateFiles(certificate: folder.files.certificate, key: folder.files.certificate)
        #expect(try one.load().chain == [made.certificate])
    }

    @Test("what is wrong names the key, the file and the cure")
    func bad() throws {
        let folder = try CertificateFolder()
        let files = folder.files
        try Self.expect(Self.error(files), .certificate, files.certificate, "does not exist", "zegoctl cert create")
        let made = try folder.renew()
        let other = try SelfSignedCertificate(names: [.dns("other")], days: 30)

        unlink(files.key)
        try Self.expect(Self.error(files), .key, files.key, "does not exist")
        mkdir(files.key, 0o700)
        try Self.expect(Self.error(files), .key, files.key, "not a regular file")
        rmdir(files.key)
        let behindFile = CertificateFiles(certificate: "\(files.certificate)/x", key: files.key)
        try Self.expect(
            Self.error(behindFile), .certificate, behindFile.certificate, "Not a directory", "chown or chmod")

        try folder.write(made.pem, made.key.pem)
        chmod(files.key, 0o644)
        try Self.expect(Self.error(files), .key, files.key, "they can read", "chmod o= \(files.key)")
        chmod(files.key, 0o640)
        #expect(Self.error(files) == nil)

        try folder.write(made.pem, other.key.pem)
        try Self.expect(Self.error(files), .key, files.key, "of another", files.certificate)
        try folder.write(made.pem, made.pem)
        try Self.expect(Self.error(files), .key, files.key, "BEGIN PRIVATE KEY")
        try folder.write(made.key.pem, made.key.pem)
        try Self.expect(Self.error(files), .certificate, files.certificate, "has none", "BEGIN CERTIFICATE")
        try folder.write(Array(made.pem.prefix(200)) + Array("\n-----END CERTIFICATE-----\n".utf8), made.key.pem)
        try Self.expect(
            Self.error(files), .certificate, files.certificate, "not a certificate that can be read",
            "BEGIN CERTIFICATE")
        try folder.write([UInt8](repeating: 0x41, count: 2 << 20), made.key.pem)
        try Self.expect(Self.error(files), .certificate, files.certificate, "larger than")

        try folder.write(made.pem, made.key.pem)
        let late = CertificateTime.now().advanced(byDays: 31)
        try Self.expect(Self.error(files, now: late), .certificate, files.certificate, "expired on", "renew")
        let early = CertificateTime.now().advanced(byDays: -2)
        try Self.expect(Self.error(files, now: early), .certificate, files.certificate, "valid from", "clock")
    }

    @Test("it is warned of the end three days before, a day before, and when it is there; once each")
    func warnings() throws {
        let now = CertificateTime(seconds: 1_900_000_000)
        let certificate = try SelfSignedCertificate(names: [.dns("x")], days: 30, now: now).certificate
        var warnings = ExpiryWarnings()
        let days = [0, 20, 26, 27, 27, 28, 29, 29, 30, 30, 40]
        let told = days.map { warnings.due(for: certificate, now: now.advanced(byDays: $0)) != nil }
        #expect(told == [false, false, false, true, false, false, true, false, true, false, false])
        let renewed = try SelfSignedCertificate(names: [.dns("x")], days: 60, now: now).certificate
        #expect(warnings.due(for: renewed, now: now.advanced(byDays: 30)) == nil)
        #expect(warnings.due(for: renewed, now: now.advanced(byDays: 59)) != nil)
    }
}
