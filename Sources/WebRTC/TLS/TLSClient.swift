import COpenSSL
import Certificates
import Transport

/// The client's side of a TLS connection (1.2 or later): bytes in, bytes out, over OpenSSL. Sans-IO; confined to one
/// thread.
///
/// ```
/// network → receive(_:) → read(into:) → messages             messages → write(_:) → takeOutgoing(into:) → network
/// ```
/// Nothing is sent or read for the application before ``State/connected``, and that comes only after whoever made it has
/// judged the server's certificates.
package final class TLSClient {
    package enum State: Equatable, Sendable {
        case handshaking
        case connected
        /// The server has said goodbye.
        case closed
        case failed(String)
    }

    package private(set) var state = State.handshaking
    private let ssl: OpaquePointer
    /// Owned by `ssl`: ciphertext from the network, and to it.
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer
    private let judge: (_ chain: [[UInt8]]) -> String?

    /// Begins the handshake: there is something to send.
    ///
    /// - Parameters:
    ///   - serverName: the name or numeric address by which the server is reached.
    ///   - judge: sees the certificates that the server shows (DER, its own first) once it has proved to hold the first
    ///     one's key; returns why they are not good enough, or nil.
    /// Nil when OpenSSL has no memory.
    package init?(serverName: String, judge: @escaping (_ chain: [[UInt8]]) -> String?) {
        self.judge = judge
        guard let context = SSL_CTX_new(TLS_client_method()) else { return nil }
        defer { SSL_CTX_free(context) }
        // Judged by `judge`, once, at the end of the handshake.
        SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nil)
        guard copenssl_ctx_set_tls_1_2_or_later(context) == 1, let ssl = SSL_new(context) else { return nil }
        guard let incoming = BIO_new(BIO_s_mem()), let outgoing = BIO_new(BIO_s_mem()) else {
            SSL_free(ssl)
            return nil
        }
        SSL_set_bio(ssl, incoming, outgoing)
        SSL_set_connect_state(ssl)
        self.ssl = ssl
        self.incoming = incoming
        self.outgoing = outgoing
        // Numeric addresses are no names for SNI (RFC 6066, section 3).
        if TransportAddress(host: serverName, port: 0) == nil, copenssl_set_server_name(ssl, serverName) != 1 {
            state = .failed("\(serverName) is no name for TLS")
            return
        }
        advance()
    }

    deinit {
        SSL_free(ssl)
    }

    /// Takes what has come from the network.
    package func receive(_ bytes: UnsafeRawBufferPointer) {
        guard state == .handshaking || state == .connected, !bytes.isEmpty else { return }
        guard BIO_write(incoming, bytes.baseAddress, Int32(bytes.count)) == Int32(bytes.count) else {
            return fail("out of memory")
        }
        if state == .handshaking { advance() }
    }

    private func advance() {
        OpenSSLErrors.clear()
        let result = SSL_do_handshake(ssl)
        guard result != 1 else { return finish() }
        let error = SSL_get_error(ssl, result)
        if error != SSL_ERROR_WANT_READ, error != SSL_ERROR_WANT_WRITE { fail(OpenSSLErrors.takeLast()) }
    }

    private func finish() {
        var chain: [[UInt8]] = []
        for index in 0..<copenssl_count_peer_certificates(ssl) {
            guard let certificate = copenssl_peer_certificate(ssl, index) else { continue }
            var der = [UInt8](repeating: 0, count: Int(max(0, i2d_X509(certificate, nil))))
            der.withUnsafeMutableBufferPointer { buffer in
                var next = buffer.baseAddress
                _ = i2d_X509(certificate, &next)
            }
            chain.append(der)
        }
        if let reason = judge(chain) { return fail(reason) }
        state = .connected
    }

    /// What the server has sent, up to the length of `buffer`; 0: nothing more for now.
    package func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard state == .connected, !buffer.isEmpty else { return 0 }
        OpenSSLErrors.clear()
        let count = SSL_read(ssl, buffer.baseAddress, Int32(buffer.count))
        guard count <= 0 else { return Int(count) }
        switch SSL_get_error(ssl, count) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: break
        case SSL_ERROR_ZERO_RETURN: state = .closed
        default: fail(OpenSSLErrors.takeLast())
        }
        return 0
    }

    /// Encrypts a message; it is to be sent by ``takeOutgoing(into:)``. False before ``State/connected``.
    package func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard state == .connected else { return false }
        OpenSSLErrors.clear()
        return SSL_write(ssl, bytes.baseAddress, Int32(bytes.count)) == Int32(bytes.count)
    }

    /// Bytes that wait for ``takeOutgoing(into:)``.
    package var outgoingBytes: Int { BIO_ctrl_pending(outgoing) }

    /// Moves bytes for the network into `buffer`; how many.
    package func takeOutgoing(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard !buffer.isEmpty else { return 0 }
        return Int(max(0, BIO_read(outgoing, buffer.baseAddress, Int32(clamping: buffer.count))))
    }

    /// Says goodbye.
    package func close() {
        guard state == .connected else { return }
        OpenSSLErrors.clear()
        SSL_shutdown(ssl)
        state = .closed
    }

    private func fail(_ reason: String) {
        state = .failed(reason)
    }
}
