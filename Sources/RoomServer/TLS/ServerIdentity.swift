import Certificates
import NIOCore
import NIOSSL

/// What a server shows to TLS clients: its certificate with those that lead to a root, and the key.
package struct ServerIdentity: Sendable {
    /// The server's own first; not empty.
    package let chain: [Certificate]
    package let key: PrivateKey

    /// How long a connection that is being closed waits for the other side's goodbye.
    private static let shutdownTimeout = TimeAmount.seconds(1)

    /// What handlers of connections are made from: TLS 1.2 and 1.3 with forward secrecy, HTTP/1.1.
    func makeContext() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try chain.map { .certificate(try NIOSSLCertificate(bytes: $0.der, format: .der)) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: key.pem, format: .pem)))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        configuration.shutdownTimeout = Self.shutdownTimeout
        return try NIOSSLContext(configuration: configuration)
    }
}
