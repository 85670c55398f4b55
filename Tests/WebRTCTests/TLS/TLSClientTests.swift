import COpenSSL
import Certificates
import Testing
import WebRTC

/// The TLS client against a server of OpenSSL, over memory.
struct TLSClientTests {
    /// A server with a certificate of its own; bytes in, bytes out.
    private final class Server {
        let ssl: OpaquePointer
        let incoming: OpaquePointer
        let outgoing: OpaquePointer

        init() throws {
            let context = try #require(SSL_CTX_new(TLS_server_method()))
            defer { SSL_CTX_free(context) }
            let key = try #require(copenssl_generate_p256())
            defer { EVP_PKEY_free(key) }
            let certificate = try #require(X509_new())
            defer { X509_free(certificate) }
            let name = X509_get_subject_name(certificate)
            #expect(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_FLAG | 1, "turn.example", -1, -1, 0) == 1)
            X509_set_version(certificate, 2)
            X509_gmtime_adj(X509_getm_notBefore(certificate), -60)
            X509_gmtime_adj(X509_getm_notAfter(certificate), 3600)
            X509_set_issuer_name(certificate, name)
            X509_set_pubkey(certificate, key)
            #expect(X509_sign(certificate, key, EVP_sha256()) > 0)
            SSL_CTX_use_certificate(context, certificate)
            SSL_CTX_use_PrivateKey(context, key)
            ssl = try #require(SSL_new(context))
            incoming = try #require(BIO_new(BIO_s_mem()))
            outgoing = try #require(BIO_new(BIO_s_mem()))
            SSL_set_bio(ssl, incoming, outgoing)
            SSL_set_accept_state(ssl)
        }

        deinit { SSL_free(ssl) }
    }

    /// Carries bytes both ways until nothing is left, in pieces of `length`.
    private func exchange(_ client: TLSClient, _ server: Server, pieces length: Int = 4096) {
        var buffer = [UInt8](repeating: 0, count: length)
        while true {
            let sent = buffer.withUnsafeMutableBytes { client.takeOutgoing(into: $0) }
            if sent > 0 { BIO_write(server.incoming, buffer, Int32(sent)) }
            SSL_do_handshake(server.ssl)
            let received = BIO_read(server.outgoing, &buffer, Int32(length))
            if received > 0 {
                buffer.withUnsafeBytes { client.receive(UnsafeRawBufferPointer(rebasing: $0[..<Int(received)])) }
            }
            if sent == 0, received <= 0 { return }
        }
    }

    @Test("connects, shows the certificate to the judge, carries bytes both ways", arguments: [1, 7, 4096])
    func connects(_ length: Int) throws {
        var shown: [[UInt8]] = []
        let client = try #require(
            TLSClient(serverName: "turn.example") { chain in
                shown = chain
                return nil
            })
        let server = try Server()
        #expect(![1, 2].withUnsafeBytes { client.write($0) }, "not before it is connected")
        exchange(client, server, pieces: length)
        #expect(client.state == .connected)
        #expect(shown.count == 1 && shown[0].count > 100)
        #expect([UInt8]([1, 2, 3]).withUnsafeBytes { client.write($0) })
        exchange(client, server, pieces: length)
        var buffer = [UInt8](repeating: 0, count: 64)
        #expect(SSL_read(server.ssl, &buffer, 64) == 3)
        #expect(Array(buffer[..<3]) == [1, 2, 3])
        SSL_write(server.ssl, [UInt8]([4, 5]), 2)
        exchange(client, server, pieces: length)
        #expect(buffer.withUnsafeMutableBytes { client.read(into: $0) } == 2)
        #expect(Array(buffer[..<2]) == [4, 5])
        SSL_shutdown(server.ssl)
        exchange(client, server, pieces: length)
        #expect(buffer.withUnsafeMutableBytes { client.read(into: $0) } == 0)
        #expect(client.state == .closed)
    }

    @Test("the system's authorities do not know it: nothing is sent")
    func refused() throws {
        let client = try #require(
            TLSClient(serverName: "turn.example") { chain in
                do throws(CertificateRejection) {
                    try ServerTrust.system.check(chain, host: "turn.example")
                    return nil
                } catch {
                    return "\(error)"
                }
            })
        exchange(client, try Server())
        guard case .failed = client.state else {
            Issue.record("it is \(client.state)")
            return
        }
        #expect(![1].withUnsafeBytes { client.write($0) })
    }

    @Test("what is no TLS ends it")
    func garbage() throws {
        let client = try #require(TLSClient(serverName: "192.0.2.1") { _ in nil })
        Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8).withUnsafeBytes { client.receive($0) }
        guard case .failed = client.state else {
            Issue.record("it is \(client.state)")
            return
        }
    }
}
