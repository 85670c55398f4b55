import Certificates
import NIOCore
import NIOSSL
import Synchronization
import Transport

/// TLS of one connection to a room server: its handlers, and why it did not come about.
final class ClientTLS: Sendable {
    private let endpoint: SignalingEndpoint
    private let trust: ServerTrust
    private let found = Mutex<SignalingFailure?>(nil)

    init(_ endpoint: SignalingEndpoint, trust: ServerTrust) {
        self.endpoint = endpoint
        self.trust = trust
    }

    /// What went wrong, in its own words; nil while nothing has.
    var failure: SignalingFailure? { found.withLock { $0 } }

    /// What all handlers are made from. The judgement of the certificate is ``ServerTrust``'s, name and all.
    private static let context = Result {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = .noHostnameVerification
        configuration.trustRoots = .certificates([])
        configuration.applicationProtocols = ["http/1.1"]
        configuration.shutdownTimeout = .seconds(1)
        return try NIOSSLContext(configuration: configuration)
    }

    /// To be called on the channel's event loop, before any other handler is added.
    func addHandlers(to channel: any Channel) throws {
        // An address is no server name (RFC 6066, section 3).
        let isName = TransportAddress(host: endpoint.host, port: 0) == nil
        let handler = try NIOSSLClientHandler(
            context: Self.context.get(), serverHostname: isName ? endpoint.host : nil
        ) { [self] chain, verdict in
            verdict.succeed(accepts(chain) ? .certificateVerified : .failed)
        }
        try channel.pipeline.syncOperations.addHandlers([handler, Listener(self)])
    }

    private func accepts(_ chain: [NIOSSLCertificate]) -> Bool {
        do {
            try trust.check(chain.map { try $0.toDERBytes() }, host: endpoint.host)
            return true
        } catch let rejection as CertificateRejection {
            note(.untrusted(rejection))
        } catch {
            note(.untrusted(.other("\(error)")))
        }
        return false
    }

    private func note(_ failure: SignalingFailure) {
        // The first says why; the others follow from it.
        found.withLock { if $0 == nil { $0 = failure } }
    }

    private func failed(_ error: any Error) {
        note(
            .unreachable(
                """
                \(endpoint.authority): no TLS (\(error)); a server without a certificate is reached by ws://, not wss://
                """))
    }

    /// Hears of errors of the handshake.
    private final class Listener: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let owner: ClientTLS

        init(_ owner: ClientTLS) {
            self.owner = owner
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            if error is NIOSSLError || error is BoringSSLError { owner.failed(error) }
            context.fireErrorCaught(error)
        }
    }
}
