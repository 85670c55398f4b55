import NIOCore
import NIOHTTP1
import NIOSSL
import NIOWebSocket
import RoomModel

/// A connection over ``ConnectionLimits``: closed without an answer.
struct TooManyConnections: Error {}

/// Sets up the pipeline of an accepted connection: limits first, then whatever the first bytes ask for.
struct ServerPipeline: Sendable {
    let service: SignalingService
    let limits: ConnectionLimits
    let tls: ServerTLS
    /// `server.insecure`
    let isInsecureAllowed: Bool
    private var iceTCP: ICETCPBranch { ICETCPBranch(media: service.media) }

    /// Frames that one message may be sent in, and the least size of all but the last.
    private static let maximumFragments = 64
    private static let minimumFragmentBytes = 1

    /// To be called on the channel's event loop.
    func configure(_ channel: any Channel) throws {
        let address = channel.remoteAddress?.ipAddress ?? ""
        guard service.assumeIsolated({ $0.admit(address) }) else { throw TooManyConnections() }
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(ConnectionGuard(limits: limits, address: address, service: service))
        try pipeline.addHandler(
            FirstBytesHandler { spoken, channel, _ in
                switch spoken {
                case .tls:
                    guard let context = tls.context else { return try pipeline.addHandler(TLSRefusal()) }
                    try pipeline.addHandler(NIOSSLServerHandler(context: context))
                    try configureHTTP(pipeline, .secure)
                case .iceTCP: try iceTCP.take(channel)
                case .http:
                    let security = ConnectionSecurity.inClear(
                        channel, hasCertificate: tls.context != nil, isInsecureAllowed: isInsecureAllowed)
                    try configureHTTP(pipeline, security)
                }
            })
    }

    /// HTTP and the upgrade to the signalling WebSocket.
    private func configureHTTP(
        _ pipeline: ChannelPipeline.SynchronousOperations, _ security: ConnectionSecurity
    ) throws {
        let service = service
        let upgrader = NIOWebSocketServerUpgrader(
            maxFrameSize: SignalingProtocol.maximumFrameBytes,
            shouldUpgrade: { channel, head in
                let accepts =
                    security != .mustBeSecure && service.assumeIsolated { !$0.isDraining } && Self.isSignaling(head)
                let headers = HTTPHeaders([("Sec-WebSocket-Protocol", SignalingProtocol.subprotocol)])
                return channel.eventLoop.makeSucceededFuture(accepts ? headers : nil)
            },
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
                    let aggregator = NIOWebSocketFrameAggregator(
                        minNonFinalFragmentSize: Self.minimumFragmentBytes,
                        maxAccumulatedFrameCount: Self.maximumFragments,
                        maxAccumulatedFrameSize: SignalingProtocol.maximumFrameBytes)
                    try channel.pipeline.syncOperations.addHandlers(aggregator, WebSocketHandler(service: service))
                }
            })
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false,
            withServerUpgrade: (
                upgraders: [upgrader],
                completionHandler: { context in
                    context.pipeline.syncOperations.removeHandler(name: HTTPHandler.name, promise: nil)
                }
            ))
        try pipeline.addHandler(HTTPHandler(service: service, security: security), name: HTTPHandler.name)
    }

    private static func isSignaling(_ head: HTTPRequestHead) -> Bool {
        head.method == .GET && head.uri.prefix { $0 != "?" } == SignalingProtocol.path
            && head.headers[canonicalForm: "Sec-WebSocket-Protocol"].contains { $0 == SignalingProtocol.subprotocol }
    }
}
