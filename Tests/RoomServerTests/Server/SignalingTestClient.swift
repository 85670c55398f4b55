import JSONRPC
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import RoomModel
import Testing

/// A client over a real WebSocket.
final class SignalingTestClient: Sendable {
    enum Incoming: Sendable, Equatable {
        case text(JSONValue)
        /// The server's close frame.
        case close(UInt16)
        case pong
        /// The socket is closed.
        case end
    }

    struct TimedOut: Error {}
    struct NotUpgraded: Error {}

    private let channel: any Channel
    private let inbox: TestInbox<Incoming>

    private init(channel: any Channel, inbox: TestInbox<Incoming>) {
        self.channel = channel
        self.inbox = inbox
    }

    static func connect(port: UInt16, subprotocol: String = SignalingProtocol.subprotocol) async throws
        -> SignalingTestClient
    {
        let inbox = TestInbox<Incoming>()
        let upgraded = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: Void.self)
        let channel = try await ClientBootstrap(group: upgraded.futureResult.eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let upgrader = NIOWebSocketClientUpgrader { channel, _ in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(Receiver(inbox: inbox))
                            upgraded.succeed()
                        }
                    }
                    try channel.pipeline.syncOperations.addHTTPClientHandlers(
                        // The challenge may come in one read with the reply to the upgrade.
                        leftOverBytesStrategy: .forwardBytes,
                        withClientUpgrade: (upgraders: [upgrader], completionHandler: { _ in }))
                    channel.closeFuture.whenComplete { _ in upgraded.fail(NotUpgraded()) }
                }
            }
            .connect(host: "127.0.0.1", port: Int(port)).get()
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: SignalingProtocol.path,
            headers: ["Host": "localhost", "Sec-WebSocket-Protocol": subprotocol])
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        try await upgraded.futureResult.get()
        return SignalingTestClient(channel: channel, inbox: inbox)
    }

    func send(_ text: String, opcode: WebSocketOpcode = .text, fin: Bool = true) {
        let frame = WebSocketFrame(
            fin: fin, opcode: opcode, maskKey: .random(), data: channel.allocator.buffer(string: text))
        channel.writeAndFlush(frame, promise: nil)
    }

    func request(_ method: String, _ params: JSONValue, id: Int64) {
        send(JSONRPCRequest(id: .integer(id), method: method, params: params).json.description)
    }

    /// The next thing that comes.
    func next() async throws -> Incoming {
        guard let next = try await inbox.next() else { throw TimedOut() }
        return next
    }

    /// The next message that answers this request; others are passed over.
    func response(to id: Int64) async throws -> Result<JSONValue, JSONRPCError> {
        while true {
            guard case .text(let json) = try await next() else { throw TimedOut() }
            if json["id"] == .integer(id), case .response(let response) = try JSONRPCMessage(json: json) {
                return response.result
            }
        }
    }

    /// The next notification of this method; others are passed over.
    func notification(_ method: String) async throws -> JSONValue {
        while true {
            guard case .text(let json) = try await next() else { throw TimedOut() }
            if json["method"] == .string(method) { return json["params"] ?? .null }
        }
    }

    func login(_ userID: String, room: String, app: AppCredentials, nonce: String, id: Int64 = 1) async throws
        -> LoginResult
    {
        let user = User(userID: try UserID(userID))
        let roomID = try RoomID(room)
        let proof = AppSignProof.make(
            appSign: app.appSign, nonce: nonce, appID: app.appID, userID: user.userID, roomID: roomID)
        let request = LoginRequest(
            appID: app.appID, roomID: roomID, user: user,
            configuration: LoginConfiguration(isUserStatusNotify: true), authentication: .proof(proof))
        self.request("login", request.json, id: id)
        return try LoginResult(json: try await response(to: id).get())
    }

    /// Stops reading from the socket.
    func stopReading() async throws {
        try await channel.setOption(.autoRead, value: false).get()
    }

    func close() {
        channel.close(promise: nil)
    }

    private final class Receiver: ChannelInboundHandler {
        typealias InboundIn = WebSocketFrame
        private let inbox: TestInbox<Incoming>

        init(inbox: TestInbox<Incoming>) {
            self.inbox = inbox
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var frame = unwrapInboundIn(data)
            switch frame.opcode {
            case .text:
                let json = try? JSONValue(parsing: Array(frame.data.readableBytesView))
                inbox.put(.text(json ?? .null))
            case .connectionClose:
                let code = frame.data.readWebSocketErrorCode().map { UInt16(webSocketErrorCode: $0) }
                inbox.put(.close(code ?? 0))
            case .pong: inbox.put(.pong)
            default: break
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            inbox.put(.end)
        }
    }
}
