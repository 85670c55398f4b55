import NIOCore
import NIOHTTP1

/// Collects a request to a path of WHIP or WHEP and sends its answer, one for each connection. Confined to the channel's
/// event loop.
final class ResourceExchange {
    private let head: HTTPRequestHead
    private let path: ResourcePath
    private let responder: ResourceResponder
    private let channel: any Channel
    private let isSecure: Bool
    private var body: [UInt8] = []
    private var isAnswered = false

    /// Nil when the request is for something else.
    init?(head: HTTPRequestHead, service: SignalingService, channel: any Channel, security: ConnectionSecurity) {
        guard let path = ResourcePath(uri: head.uri) else { return nil }
        self.head = head
        self.path = path
        self.channel = channel
        isSecure = security == .secure
        responder = ResourceResponder(service: service)
        channel.triggerUserOutboundEvent(BodyAllowance(), promise: nil)
        // RFC 9110, section 10.1.1; what is too large anyway is not asked for.
        let announced = head.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0
        if security == .mustBeSecure {
            refuse(.problem(.forbidden, ClearTextRefusal.reason))
        } else if announced > ResourceHTTPRequest.maximumBodyBytes {
            refuseBody()
        } else if head.headers[canonicalForm: "Expect"].contains(where: { $0.lowercased() == "100-continue" }) {
            let proceed = HTTPResponseHead(version: .http1_1, status: .continue)
            channel.writeAndFlush(HTTPServerResponsePart.head(proceed), promise: nil)
        }
    }

    /// The next part of the request after its head.
    func take(_ part: HTTPServerRequestPart) {
        guard !isAnswered else { return }
        switch part {
        case .head: break
        case .body(let buffer):
            guard body.count + buffer.readableBytes <= ResourceHTTPRequest.maximumBodyBytes else { return refuseBody() }
            body += buffer.readableBytesView
        case .end:
            isAnswered = true
            let request = ResourceHTTPRequest(
                head: head, path: path, body: body, address: channel.remoteAddress?.ipAddress ?? "",
                localAddress: RequestAuthority.text(channel.localAddress), isSecure: isSecure)
            Self.respond(to: request, responder, channel)
        }
    }

    private static func respond(
        to request: ResourceHTTPRequest, _ responder: ResourceResponder, _ channel: any Channel
    ) {
        Task { send(await responder.answer(request), isHead: request.head.method == .HEAD, to: channel) }
    }

    private func refuseBody() {
        refuse(.problem(.payloadTooLarge, "A body has at most \(ResourceHTTPRequest.maximumBodyBytes) bytes."))
    }

    private func refuse(_ answer: ResourceAnswer) {
        isAnswered = true
        Self.send(answer, isHead: head.method == .HEAD, to: channel)
    }

    private static func send(_ answer: ResourceAnswer, isHead: Bool, to channel: any Channel) {
        var headers = answer.allHeaders
        headers.add(name: "Connection", value: "close")
        let head = HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers)
        channel.write(HTTPServerResponsePart.head(head), promise: nil)
        if !isHead, !answer.body.isEmpty {
            channel.write(
                HTTPServerResponsePart.body(.byteBuffer(channel.allocator.buffer(string: answer.body))), promise: nil)
        }
        // Only the sending half is closed: bytes that the client still sends would be answered by a reset, which could
        // overtake the answer. The client's own close, or the stranger's deadline, ends the connection.
        channel.writeAndFlush(HTTPServerResponsePart.end(nil)).whenComplete { _ in
            channel.close(mode: .output, promise: nil)
        }
    }
}
