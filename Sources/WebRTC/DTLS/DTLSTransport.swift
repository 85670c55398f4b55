import COpenSSL
import Certificates
import Transport

/// A DTLS 1.2 association that only makes SRTP keys (RFC 5764): sans-IO, over OpenSSL.
///
/// Give it datagrams with ``receive(_:now:)`` (only such as came from a path that ICE has validated), call
/// ``handleTimeout(now:)`` when ``deadline`` is over, and after either send all that ``nextDatagram()`` gives. Both
/// sides show a certificate, and its SHA-256 must be one of those that the peer's description gave.
///
/// Garbage is dropped and changes nothing; application data is thrown away; there is no renegotiation and no
/// resumption.
///
/// Time is the caller's alone: OpenSSL's own timer, which reads the wall clock, is used up at the moment a flight is sent
/// by letting it expire at once as often as a flight may be retransmitted. What OpenSSL then writes is kept in
/// ``DTLSFlight``. The timer that remains is an hour and never matters.
///
/// Confined to one thread or actor.
package final class DTLSTransport {
    package let role: DTLSRole
    package private(set) var state = DTLSState.new
    /// The negotiated profile and keys; nil before ``DTLSState/connected``.
    package private(set) var keys: SRTPKeys?
    /// Datagrams that were dropped because the peer could not have sent them.
    package private(set) var droppedDatagrams: UInt64 = 0

    private let certificate: DTLSCertificate
    private let expectedFingerprints: [[UInt8]]
    private let ssl: OpaquePointer
    private let bio: DatagramBIO
    private var outgoing: [[UInt8]] = []
    private var flight: DTLSFlight?
    private var fingerprintMismatch = false

    /// A plaintext alert is taken for the truth if nothing else comes from the peer for this long.
    private static let alertGraceMilliseconds: Int64 = 3000
    private var plaintextAlert: (alert: UInt8, deadline: MonotonicTime)?

    /// Positions in ``DatagramBIO/written`` where OpenSSL began a flight and its copies, during one call into it.
    private var sendingStarts: [Int] = []

    /// - Parameter expectedFingerprints: the SHA-256 fingerprints of the peer's description (32 bytes each); the
    ///   peer's certificate must have one of them.
    /// - Throws: ``DTLSError/setup(reason:)``.
    package init(role: DTLSRole, certificate: DTLSCertificate, expectedFingerprints: [[UInt8]]) throws(DTLSError) {
        self.role = role
        self.certificate = certificate
        self.expectedFingerprints = expectedFingerprints
        OpenSSLErrors.clear()
        guard let ssl = SSL_new(certificate.context) else { throw .setup(reason: OpenSSLErrors.takeLast()) }
        self.ssl = ssl
        bio = DatagramBIO()
        guard let datagrams = bio.makeBIO() else { throw .setup(reason: OpenSSLErrors.takeLast()) }
        SSL_set_bio(ssl, datagrams, datagrams)
        copenssl_set_app_data(ssl, Unmanaged.passUnretained(self).toOpaque())
        copenssl_set_link_mtu(ssl, DatagramBIO.linkMTU)
        DTLS_set_timer_cb(ssl) { ssl, previous in DTLSTransport.timerDuration(ssl, previous) }
        switch role {
        case .active: SSL_set_connect_state(ssl)
        case .passive: SSL_set_accept_state(ssl)
        }
    }

    deinit {
        SSL_free(ssl)
    }

    /// When to call ``handleTimeout(now:)``.
    package var deadline: MonotonicTime {
        min(flight?.deadline ?? .distantFuture, plaintextAlert?.deadline ?? .distantFuture)
    }

    /// Begins the handshake: the active side sends its ClientHello. Does nothing when it has begun.
    package func start(now: MonotonicTime) {
        guard state == .new else { return }
        state = .handshaking
        if role == .active { advance(now: now) }
    }

    /// Takes a datagram whose first byte is 20…63 (RFC 7983). A passive side that was not started starts.
    package func receive(_ datagram: UnsafeRawBufferPointer, now: MonotonicTime) {
        if role == .passive { start(now: now) }
        guard state == .handshaking || state == .connected else { return }
        switch DTLSRecordFilter.judge(datagram, role: role) {
        case .drop:
            droppedDatagrams += 1
        case .plaintextAlert(let alert):
            droppedDatagrams += 1
            if state == .handshaking, plaintextAlert == nil {
                plaintextAlert = (alert, now.advanced(byMilliseconds: DTLSTransport.alertGraceMilliseconds))
            }
        case .pass:
            plaintextAlert = nil
            bio.incoming = datagram
            advance(now: now)
            bio.incoming = nil
        }
    }

    /// Retransmits or gives up what is due at ``deadline``; harmless at other times.
    package func handleTimeout(now: MonotonicTime) {
        guard state == .handshaking else { return }
        if let plaintextAlert, plaintextAlert.deadline <= now {
            return fail(.peerAlert(plaintextAlert.alert))
        }
        guard let due = flight?.deadline, due <= now else { return }
        guard let datagrams = flight?.retransmit(now: now) else { return fail(.timedOut) }
        outgoing += datagrams
    }

    /// The next datagram to be sent to the peer; nil when there is none.
    package func nextDatagram() -> [UInt8]? {
        outgoing.isEmpty ? nil : outgoing.removeFirst()
    }

    /// Ends the association: tells the peer if it is connected, else just stops.
    package func close() {
        switch state {
        case .new, .handshaking:
            end(.closed)
        case .connected:
            OpenSSLErrors.clear()
            SSL_shutdown(ssl)
            outgoing += takeWritten()
            end(.closed)
        case .closed, .failed:
            break
        }
    }

    // MARK: The handshake

    private func advance(now: MonotonicTime) {
        sendingStarts.removeAll(keepingCapacity: true)
        OpenSSLErrors.clear()
        if state == .handshaking {
            let result = SSL_do_handshake(ssl)
            if result == 1 {
                finishHandshake()
            } else {
                let error = SSL_get_error(ssl, result)
                collect(now: now)
                if error != SSL_ERROR_WANT_READ, error != SSL_ERROR_WANT_WRITE { failFromOpenSSL() }
                return
            }
        }
        if state == .connected { readAndDiscard() }
        collect(now: now)
    }

    /// Sorts what OpenSSL wrote: flights that want an answer are kept with their copies, the rest is just sent.
    private func collect(now: MonotonicTime) {
        let written = takeWritten()
        guard let start = sendingStarts.first else {
            outgoing += written
            return
        }
        let bounds = sendingStarts + [written.count]
        let sendings = zip(bounds, bounds.dropFirst()).map { Array(written[$0..<$1]) }
        outgoing += written[..<start] + sendings[0]
        if state == .handshaking {
            flight = DTLSFlight(sendings, now: now)
        }
    }

    private func takeWritten() -> [[UInt8]] {
        defer { bio.written.removeAll() }
        return bio.written
    }

    private func finishHandshake() {
        guard let selected = SSL_get_selected_srtp_profile(ssl),
            let profile = SRTPProfile(rawValue: UInt16(truncatingIfNeeded: selected.pointee.id))
        else { return fail(.noCommonSRTPProfile) }
        let label = "EXTRACTOR-dtls_srtp"
        var material = [UInt8](repeating: 0, count: SRTPKeys.keyingMaterialLength(profile))
        defer { material.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
        guard SSL_export_keying_material(ssl, &material, material.count, label, label.utf8.count, nil, 0, 0) == 1,
            let keys = try? SRTPKeys(profile: profile, keyingMaterial: material, isClient: role == .active)
        else { return failFromOpenSSL() }
        self.keys = keys
        end(.connected)
    }

    /// Records behind the handshake: a repeated Finished (OpenSSL answers it with our last flight), close_notify, and
    /// application data, which nobody wants.
    private func readAndDiscard() {
        withUnsafeTemporaryAllocation(byteCount: 2048, alignment: 16) { buffer in
            while true {
                let count = SSL_read(ssl, buffer.baseAddress, Int32(buffer.count))
                if count > 0 { continue }
                let error = SSL_get_error(ssl, count)
                if error == SSL_ERROR_ZERO_RETURN {
                    SSL_shutdown(ssl)
                    end(.closed)
                } else if error == SSL_ERROR_SSL {
                    end(.closed)
                }
                return
            }
        }
    }

    private func failFromOpenSSL() {
        if fingerprintMismatch { return fail(.fingerprintMismatch) }
        let code = ERR_peek_last_error()
        let reason = Int(ERR_GET_REASON(code))
        // OpenSSL's reasons from 1000 on are alerts of the peer.
        if ERR_GET_LIB(code) == ERR_LIB_SSL, reason > 1000, reason < 1256 {
            OpenSSLErrors.clear()
            return fail(.peerAlert(UInt8(reason - 1000)))
        }
        fail(.protocolViolation(reason: OpenSSLErrors.takeLast()))
    }

    private func fail(_ error: DTLSError) {
        end(.failed(error))
    }

    private func end(_ state: DTLSState) {
        self.state = state
        flight = nil
        plaintextAlert = nil
    }

    // MARK: OpenSSL's callbacks

    /// OpenSSL asks how long to wait for an answer: with 0 when it begins a flight, else (with the last duration) when
    /// the time is over, just before it retransmits.
    private static func timerDuration(_ ssl: OpaquePointer?, _ previous: UInt32) -> UInt32 {
        let anHour: UInt32 = 3_600_000_000
        guard let transport = of(ssl) else { return anHour }
        if previous == 0 { transport.sendingStarts.removeAll(keepingCapacity: true) }
        transport.sendingStarts.append(transport.bio.written.count)
        // A microsecond is over when OpenSSL looks next, and it retransmits.
        return transport.sendingStarts.count <= DTLSFlight.retransmissions ? 1 : anHour
    }

    /// Stands in for the check of a certificate chain: only the fingerprint counts.
    static func verifyPeer(_ store: OpaquePointer?) -> Int32 {
        guard let pointer = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()),
            let transport = of(OpaquePointer(pointer)), let peer = X509_STORE_CTX_get0_cert(store),
            let fingerprint = CertificatePin(x509: peer)?.bytes
        else { return 0 }
        if transport.expectedFingerprints.contains(fingerprint) {
            X509_STORE_CTX_set_error(store, X509_V_OK)
            return 1
        }
        transport.fingerprintMismatch = true
        X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED)
        return 0
    }

    private static func of(_ ssl: OpaquePointer?) -> DTLSTransport? {
        guard let data = copenssl_get_app_data(ssl) else { return nil }
        return Unmanaged<DTLSTransport>.fromOpaque(data).takeUnretainedValue()
    }
}
