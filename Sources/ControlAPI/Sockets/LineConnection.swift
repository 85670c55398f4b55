import JSONRPC
import Logging
import NIOCore

/// One client of a control or admin socket: takes lines, starts their requests in order, writes replies and events.
///
/// Confined to its event loop. Requests run as tasks that begin here, on the loop, up to their first suspension: that
/// is what keeps their order. Replies and events share one writer; a reply waits for the events that its call caused.
final class LineConnection<Context: Sendable>: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private struct WaitingReply {
        /// The line; nil for a notification that only changes the subscription.
        let line: [UInt8]?
        /// The last event that has to be written before.
        let afterSeq: UInt64
        let changes: [Reply.SubscriptionChange]
    }

    private let catalogue: Catalogue<Context>
    private let requestContext: Context
    private let log: EventLog?
    private let limits: LineConnectionLimits
    private let credentials: PeerCredentials?
    private let logger: Logger
    private let ended: (ObjectIdentifier) -> Void
    private let began: (ObjectIdentifier, ConnectionHandle) -> Void

    private var context: ChannelHandlerContext?
    private var writer: OutboundWriter?
    private var bookmarks: BookmarkTimer?
    private var handle: ConnectionHandle?
    private var framer = LineFramer()
    private var waitingLines = CircularBuffer<LineFramer.Line>()
    private var waitingReplies = CircularBuffer<WaitingReply>()
    private var waitingReplyBytes = 0
    private var inFlight = 0
    private var subscription: EventSubscription?
    private var inputEnded = false
    private var isReading = false
    private var isRefusing = false
    private var isClosing = false
    private var isDraining = false
    /// A long line is being parsed away from the event loop; what comes after it waits.
    private var isParsing = false

    /// - Parameters:
    ///   - log: gives the number of the last event; nil on a socket without events.
    ///   - began: told when the connection is ready.
    ///   - ended: told when it is gone.
    init(
        catalogue: Catalogue<Context>, context: Context, log: EventLog?, limits: LineConnectionLimits,
        credentials: PeerCredentials?, logger: Logger, began: @escaping (ObjectIdentifier, ConnectionHandle) -> Void,
        ended: @escaping (ObjectIdentifier) -> Void
    ) {
        self.catalogue = catalogue
        requestContext = context
        self.log = log
        self.limits = limits
        self.credentials = credentials
        self.logger = logger
        self.began = began
        self.ended = ended
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        let handle = ConnectionHandle(
            credentials: credentials, wake: { eventLoop.execute { bound.value.drain() } },
            refuse: { eventLoop.execute { bound.value.isRefusing = true } },
            close: { eventLoop.execute { bound.value.closeWhenWritten() } })
        self.handle = handle
        writer = OutboundWriter(context: context, stall: limits.stall) {
            self.drain()
        } stalled: {
            self.stalled()
        }
        bookmarks = BookmarkTimer(eventLoop: eventLoop, silence: limits.silence) { self.writeBookmark() }
        began(ObjectIdentifier(self), handle)
        readMore()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = false
        let buffer = Self.unwrapInboundIn(data)
        waitingLines.append(contentsOf: buffer.withUnsafeReadableBytes { framer.append($0) })
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        proceed()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent {
            waitingLines.append(contentsOf: framer.finish())
            inputEnded = true
            proceed()
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        writer?.close()
        bookmarks?.stop()
        setSubscription(nil)
        waitingLines.removeAll()
        // Subscriptions whose results nobody will read any more would go on gathering events.
        for reply in waitingReplies { cancelSubscriptions(of: reply.changes) }
        waitingReplies.removeAll()
        isClosing = true
        ended(ObjectIdentifier(self))
        // The closures of these hold this handler; letting go of them ends the circle.
        writer = nil
        bookmarks = nil
        handle = nil
        self.context = nil
    }

    // MARK: Requests

    /// Starts what may be started, reads on if that was all, and closes when everything is done.
    private func proceed() {
        while inFlight < limits.requestsInFlight, waitingReplyBytes < limits.waitingReplyBytes, !isClosing, !isParsing,
            let line = waitingLines.popFirst()
        {
            start(line)
        }
        drain()
        readMore()
        closeIfDone()
    }

    private func readMore() {
        guard !isReading, !inputEnded, !isClosing, !isParsing, waitingLines.isEmpty, inFlight < limits.requestsInFlight,
            waitingReplyBytes < limits.waitingReplyBytes
        else { return }
        isReading = true
        context?.read()
    }

    private func start(_ line: LineFramer.Line) {
        guard case .text(let text) = line else {
            let limit = LineFramer.defaultMaximumLength
            reply(JSONRPCRejection(.parseError("the line is longer than \(limit) bytes")).response.json)
            return
        }
        guard text.count > Self.longLineLength, let eventLoop = context?.eventLoop else {
            start(parseLine(text))
            return
        }
        // A mebibyte of brackets takes most of a second: other connections are not to wait for that.
        isParsing = true
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let goOn: @Sendable (Result<JSONRPCInput, JSONRPCRejection>) -> Void = { input in
            eventLoop.execute {
                bound.value.isParsing = false
                bound.value.start(input)
                bound.value.proceed()
            }
        }
        Task { goOn(parseLine(text)) }
    }

    /// Lines up to this length are parsed at once.
    private static var longLineLength: Int { 16 << 10 }

    private func start(_ input: Result<JSONRPCInput, JSONRPCRejection>) {
        switch input {
        case .success(.message(let message)): start([.success(message)], isBatch: false)
        case .success(.batch(let elements)): start(elements, isBatch: true)
        case .failure(let rejection): reply(rejection.response.json)
        }
    }

    /// The requests of one line and what has come of them; confined to the event loop.
    private final class Line {
        let isBatch: Bool
        var responses: [JSONValue?]
        var changes: [Reply.SubscriptionChange] = []
        var afterSeq: UInt64 = 0
        var unfinished: Int

        init(count: Int, isBatch: Bool) {
            self.isBatch = isBatch
            responses = Array(repeating: nil, count: count)
            unfinished = count
        }
    }

    private func start(_ elements: [Result<JSONRPCMessage, JSONRPCRejection>], isBatch: Bool) {
        let line = Line(count: elements.count, isBatch: isBatch)
        inFlight += elements.count
        for (index, element) in elements.enumerated() {
            switch element {
            case .success(.request(let request)): start(request, index, line)
            case .success(.response(let response)):
                let rejection = JSONRPCRejection(
                    id: response.id, .invalidRequest("this is a response, and nothing was asked"))
                finish(index, line, rejection.response.json)
            case .failure(let rejection): finish(index, line, rejection.response.json)
            }
        }
    }

    private func start(_ request: JSONRPCRequest, _ index: Int, _ line: Line) {
        guard let handle, let eventLoop = context?.eventLoop else { return }
        guard !isRefusing else {
            finish(index, line, request.id.map { response($0, .failure(ControlError.shuttingDown)) })
            return
        }
        let bound = NIOLoopBound((connection: self, line: line), eventLoop: eventLoop)
        let catalogue = catalogue
        let requestContext = requestContext
        Task.immediate {
            let outcome = await catalogue.dispatch(request, context: requestContext, connection: handle)
            eventLoop.execute {
                let (connection, line) = bound.value
                connection.finish(request, outcome, index, line)
            }
        }
    }

    private func finish(
        _ request: JSONRPCRequest, _ outcome: Result<Reply, JSONRPCError>, _ index: Int, _ line: Line
    ) {
        let lastSeq = log?.lastSeq ?? 0
        let result: Result<JSONValue, JSONRPCError>
        switch outcome {
        case .success(var reply):
            let seq = reply.seq ?? lastSeq
            if reply.carriesSeq, log != nil, reply.result["seq"] == nil {
                reply.result["seq"] = .integer(Int64(clamping: seq))
            }
            line.afterSeq = max(line.afterSeq, seq)
            if case .none = reply.subscriptionChange {} else { line.changes.append(reply.subscriptionChange) }
            result = .success(.object(reply.result))
        case .failure(let error):
            line.afterSeq = max(line.afterSeq, lastSeq)
            result = .failure(error)
        }
        finish(index, line, request.id.map { response($0, result) })
        proceed()
    }

    private func finish(_ index: Int, _ line: Line, _ response: JSONValue?) {
        line.responses[index] = response
        line.unfinished -= 1
        inFlight -= 1
        guard line.unfinished == 0 else { return }
        let responses = line.responses.compactMap(\.self)
        let json: JSONValue? = line.isBatch ? (responses.isEmpty ? nil : .array(responses)) : responses.first
        reply(json, afterSeq: line.afterSeq, changes: line.changes)
    }

    private func response(_ id: JSONRPCID, _ result: Result<JSONValue, JSONRPCError>) -> JSONValue {
        JSONRPCResponse(id: id, result: result).json
    }

    private func reply(_ json: JSONValue?, afterSeq: UInt64 = 0, changes: [Reply.SubscriptionChange] = []) {
        guard !isClosing else {
            cancelSubscriptions(of: changes)
            return
        }
        guard json != nil || !changes.isEmpty else { return }
        let line = json.map { $0.serialized() + [0x0A] }
        waitingReplyBytes += line?.count ?? 0
        waitingReplies.append(WaitingReply(line: line, afterSeq: afterSeq, changes: changes))
    }

    // MARK: Writing

    /// Writes replies and events as far as the reader takes them.
    private func drain() {
        // Writing can report progress at once; one round at a time keeps the order plain.
        guard let writer, !isDraining else { return }
        isDraining = true
        while writer.canWrite {
            if let reply = waitingReplies.first {
                if let lines = subscription?.nextLines(upTo: reply.afterSeq) {
                    writeEvents(lines)
                } else {
                    waitingReplies.removeFirst()
                    write(reply)
                }
            } else if let lines = subscription?.nextLines() {
                writeEvents(lines)
            } else {
                break
            }
        }
        isDraining = false
        if !waitingLines.isEmpty || (!isReading && !inputEnded) { resume() }
        closeIfDone()
    }

    /// Goes on with requests that waited for the reader to take replies.
    private func resume() {
        guard !waitingLines.isEmpty, inFlight < limits.requestsInFlight,
            waitingReplyBytes < limits.waitingReplyBytes, !isClosing, !isParsing
        else {
            readMore()
            return
        }
        proceed()
    }

    /// The subscription changes before the line goes out, so that whoever has read the reply finds it changed; the first
    /// event of a new one is still written after it, by ``drain()``.
    private func write(_ reply: WaitingReply) {
        for change in reply.changes {
            switch change {
            case .none: break
            case .start(let subscription): setSubscription(subscription)
            case .end: setSubscription(nil)
            }
        }
        if let line = reply.line {
            waitingReplyBytes -= line.count
            writer?.write(line)
        }
    }

    private func writeEvents(_ lines: [UInt8]) {
        writer?.write(lines)
        bookmarks?.lineWritten()
    }

    private func writeBookmark() {
        guard let line = subscription?.bookmarkLine(), writer?.canWrite == true else { return }
        writer?.write(line)
    }

    private func cancelSubscriptions(of changes: [Reply.SubscriptionChange]) {
        for case .start(let subscription) in changes { subscription.cancel() }
    }

    private func setSubscription(_ new: EventSubscription?) {
        subscription?.cancel()
        subscription = new
        if new == nil { bookmarks?.stop() } else { bookmarks?.start() }
    }

    // MARK: The end

    private func closeIfDone() {
        guard inputEnded, !isClosing, !isParsing, waitingLines.isEmpty, inFlight == 0, waitingReplies.isEmpty,
            subscription == nil, writer?.outstanding == 0
        else { return }
        isClosing = true
        context?.close(promise: nil)
    }

    /// Ends the subscription when its events are out, and then the connection.
    private func closeWhenWritten() {
        guard !isClosing else { return }
        drain()
        isRefusing = true
        inputEnded = true
        setSubscription(nil)
        closeIfDone()
    }

    private func stalled() {
        guard !isClosing else { return }
        isClosing = true
        logger.warning(
            "a reader of the control socket took nothing for \(limits.stall.nanoseconds / 1_000_000_000) s; disconnected",
            metadata: ["peer": "\(credentials.map { "pid \($0.processID) uid \($0.userID)" } ?? "unknown")"])
        context?.close(promise: nil)
    }
}

/// What a line says, or how it is to be refused.
private func parseLine(_ text: [UInt8]) -> Result<JSONRPCInput, JSONRPCRejection> {
    do throws(JSONRPCRejection) {
        return .success(try JSONRPCInput(parsing: text))
    } catch {
        return .failure(error)
    }
}
