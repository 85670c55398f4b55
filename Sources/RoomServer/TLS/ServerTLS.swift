import Certificates
import Logging
import NIOSSL
import Synchronization
import Transport

/// The certificate of a running server: taken from its files at the start and at a reload, and by itself when the files
/// have changed (certbot puts other targets behind symbolic links). Connections keep what they began with.
package final class ServerTLS: Sendable {
    private struct State {
        var files: CertificateFiles?
        var identity: ServerIdentity?
        var context: NIOSSLContext?
        /// The files as they were when they were read last, well or badly.
        var stamp: [FileStamp?] = []
        /// The files as they were at the last look, if that was different: read once they stay so.
        var changing: [FileStamp?]?
        var warnings = ExpiryWarnings()
    }

    /// How often the files are looked at.
    package static let lookInterval = Duration.seconds(2)

    private let logger: Logger
    private let state = Mutex(State())

    package init(logger: Logger) {
        self.logger = logger
    }

    /// What new connections are made with; nil: there is no TLS.
    var context: NIOSSLContext? { state.withLock(\.context) }

    /// What they show.
    package var certificate: Certificate? { state.withLock { $0.identity?.chain.first } }

    /// Takes the certificate from these files from now on; nil: no TLS for new connections. What cannot be used changes
    /// nothing.
    package func use(_ files: CertificateFiles?) throws(CertificateFilesError) {
        guard let files else {
            let before = certificate
            state.withLock { $0 = State() }
            if before != nil { logger.notice("no certificate any more: new connections are without TLS") }
            return
        }
        try take(files) { _ in true }
    }

    /// - Parameter isWanted: asked when the files are read: they may be others by then.
    private func take(
        _ files: CertificateFiles, if isWanted: (State) -> Bool
    ) throws(CertificateFilesError) {
        // Before they are read: what changes meanwhile is seen at the next look.
        let stamp = files.stamp
        let (identity, context) = try Self.load(files)
        let (isTaken, before) = state.withLock { state in
            let before = state.identity?.chain.first
            guard isWanted(state) else { return (false, before) }
            state.files = files
            state.stamp = stamp
            state.changing = nil
            state.identity = identity
            state.context = context
            return (true, before)
        }
        guard isTaken, let now = identity.chain.first, now != before else { return }
        logger.notice(
            before == nil ? "TLS with a certificate" : "the certificate was renewed", metadata: Self.metadata(now))
    }

    /// Looks whether the files are others now, and takes them when they have stayed so since the last look (a
    /// certificate and its key are not replaced in one moment). What cannot be used is told once.
    package func look(now: CertificateTime = .now()) {
        let (files, current) = state.withLock { ($0.files, $0.identity?.chain.first) }
        guard let files, let current else { return }
        let stamp = files.stamp
        let hasSettled = state.withLock { state in
            guard stamp != state.stamp else {
                state.changing = nil
                return false
            }
            guard stamp == state.changing else {
                state.changing = stamp
                return false
            }
            state.stamp = stamp
            state.changing = nil
            return true
        }
        if hasSettled {
            do {
                // A reload may have named others since.
                try take(files) { $0.files == files }
            } catch {
                logger.error(
                    "the new certificate is not used, the one of before stays: \(error)",
                    metadata: Self.metadata(current))
            }
        }
        warn(now)
    }

    private func warn(_ now: CertificateTime) {
        let warning = state.withLock { state in
            state.identity?.chain.first.flatMap { state.warnings.due(for: $0, now: now) }
        }
        if let warning { logger.warning("\(warning)") }
    }

    private static func load(
        _ files: CertificateFiles
    ) throws(CertificateFilesError) -> (ServerIdentity, NIOSSLContext) {
        let identity = try files.load()
        do {
            return (identity, try identity.makeContext())
        } catch {
            throw CertificateFilesError(file: .certificate, path: files.certificate, problem: .unusable("\(error)"))
        }
    }

    private static func metadata(_ certificate: Certificate) -> Logger.Metadata {
        ["VALID_UNTIL": "\(certificate.validUntil)", "SHA256": "\(certificate.pin)"]
    }
}
