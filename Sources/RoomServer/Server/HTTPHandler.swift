import NIOCore
import NIOHTTP1
import NIOWebSocket
import RoomModel

/// Answers what is no WebSocket: the page, `/livez`, `/readyz`, `/metrics`, WHIP and WHEP, and clear words for everything
/// else. One request for each connection, without a body but for WHIP and WHEP.
final class HTTPHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// The name in the pipeline, by which the upgrade removes the handler.
    static let name = "zego-http"

    private let service: SignalingService
    private let security: ConnectionSecurity
    private var head: HTTPRequestHead?
    private var answered = false
    /// Set when the request is one of WHIP or WHEP.
    private var exchange: ResourceExchange?

    init(service: SignalingService, security: ConnectionSecurity) {
        self.service = service
        self.security = security
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !answered else { return }
        let part = unwrapInboundIn(data)
        if let exchange { return exchange.take(part) }
        switch part {
        case .head(let head):
            self.head = head
            exchange = ResourceExchange(
                head: head, service: service, channel: context.channel, security: security)
            guard exchange == nil, security == .mustBeSecure else { return }
            let localAddress = RequestAuthority.text(context.channel.localAddress)
            if let refusal = ClearTextRefusal.answer(to: head, localAddress: localAddress) {
                answer(context.channel, refusal)
            }
        case .body:
            answer(
                context.channel,
                HTTPAnswer(status: .payloadTooLarge, body: "No request to this server has a body.\n"))
        case .end:
            if let head { route(head, context) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // An upgrade that was not wanted is told as an error too; the request itself follows and is answered.
        if error is NIOWebSocketUpgradeError || error is HTTPServerUpgradeErrors { return }
        // What is no HTTP was answered with 400 by NIO's handler before this one.
        context.close(promise: nil)
    }

    private func route(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let channel = context.channel
        let path = head.uri.prefix { $0 != "?" }
        let isDraining = service.assumeIsolated { $0.isDraining }
        guard head.method == .GET || head.method == .HEAD else {
            let answer = HTTPAnswer(
                status: .methodNotAllowed, headers: [("Allow", "GET, HEAD")], body: "Only GET and HEAD.\n")
            return self.answer(channel, answer)
        }
        switch path {
        case "/livez": answer(channel, HTTPAnswer(status: .ok, body: "ok\n"))
        case "/readyz":
            answer(
                channel,
                isDraining
                    ? HTTPAnswer(status: .serviceUnavailable, headers: [("Retry-After", "1")], body: "draining\n")
                    : HTTPAnswer(status: .ok, body: "ok\n"))
        case "/metrics":
            guard Self.isLoopback(channel.remoteAddress) else {
                let answer = HTTPAnswer(status: .forbidden, body: "Metrics are told on the loopback address only.\n")
                return self.answer(channel, answer)
            }
            answered = true
            Self.tellMetrics(of: service, isHead: head.method == .HEAD, to: channel)
        case Substring(SignalingProtocol.path):
            // The upgrade did not happen: say what is missing.
            answer(
                channel,
                isDraining
                    ? HTTPAnswer(status: .serviceUnavailable, headers: [("Retry-After", "1")], body: "draining\n")
                    : HTTPAnswer(
                        status: .upgradeRequired,
                        headers: [
                            ("Upgrade", "websocket"), ("Sec-WebSocket-Protocol", SignalingProtocol.subprotocol),
                        ],
                        body: """
                            This is a WebSocket (version 13) with the subprotocol \(SignalingProtocol.subprotocol).

                            """))
        default:
            if let file = PageFile.all[String(path)] {
                let known = head.headers[canonicalForm: "If-None-Match"]
                return answer(channel, file.answer(known: known))
            }
            answer(
                channel,
                HTTPAnswer(
                    status: .notFound,
                    body: """
                        This is a zego room server. / is the page to join a room from a browser. Engines connect by \
                        WebSocket to \(SignalingProtocol.path) (subprotocol \(SignalingProtocol.subprotocol)); /livez, \
                        /readyz and /metrics tell how it is.

                        """))
        }
    }

    private func answer(_ channel: any Channel, _ answer: HTTPAnswer) {
        answered = true
        Self.write(answer, isHead: head?.method == .HEAD, to: channel)
    }

    private static func tellMetrics(of service: SignalingService, isHead: Bool, to channel: any Channel) {
        Task {
            let text = await service.metrics()
            let type = "text/plain; version=0.0.4; charset=utf-8"
            write(HTTPAnswer(status: .ok, contentType: type, body: text), isHead: isHead, to: channel)
        }
    }

    private static func write(_ answer: HTTPAnswer, isHead: Bool, to channel: any Channel) {
        var headers = HTTPHeaders(answer.headers)
        headers.add(name: "Content-Type", value: answer.contentType)
        headers.add(name: "Date", value: UnixTime.httpDate())
        // A 304 tells nothing of the length, since it has no content (RFC 9110, section 15.4.5).
        if answer.status != .notModified {
            headers.add(name: "Content-Length", value: String(answer.body.utf8.count))
        }
        if !headers.contains(name: "Cache-Control") { headers.add(name: "Cache-Control", value: "no-store") }
        headers.add(name: "Connection", value: "close")
        let head = HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers)
        channel.write(HTTPServerResponsePart.head(head), promise: nil)
        if !isHead, !answer.body.isEmpty {
            let body = channel.allocator.buffer(string: answer.body)
            channel.write(HTTPServerResponsePart.body(.byteBuffer(body)), promise: nil)
        }
        channel.writeAndFlush(HTTPServerResponsePart.end(nil)).whenComplete { _ in channel.close(promise: nil) }
    }

    private static func isLoopback(_ address: SocketAddress?) -> Bool {
        guard let host = address?.ipAddress else { return false }
        return host.hasPrefix("127.") || host == "::1" || host.hasPrefix("::ffff:127.")
    }
}
