import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import Transport

/// Sends the events of rooms to a receiver by HTTP, beside the rooms: it takes an event at once and never makes them wait.
///
/// An actor on the event loop of the signalling, which hands it events without a hop and so in their order.
actor WebhookSender {
    private let configuration: WebhookConfiguration
    private nonisolated let eventLoop: any EventLoop
    private nonisolated let executor: any SerialExecutor
    private let client: HTTPClient
    private let logger: Logger
    private var queue: WebhookQueue
    private var random = RandomSource.system
    private var timer: Scheduled<Void>?
    private var isStopped = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ configuration: WebhookConfiguration, eventLoop: any EventLoop, logger: Logger) {
        self.configuration = configuration
        self.eventLoop = eventLoop
        executor = eventLoop.executor
        self.logger = logger
        queue = WebhookQueue(pausesMs: configuration.retryPausesMs)
        var settings = HTTPClient.Configuration(redirectConfiguration: .disallow)
        settings.timeout.connect = .milliseconds(configuration.timeoutMs)
        client = HTTPClient(eventLoopGroupProvider: .shared(eventLoop), configuration: settings)
    }

    var counters: WebhookCounters { queue.counters }
    var waiting: Int { queue.count }

    /// Takes an event; to be called on the event loop.
    func send(_ event: WebhookEvent) {
        guard !isStopped else { return }
        if !queue.add(event, now: .now()) {
            logger.warning("a webhook event is lost: too many wait", metadata: ["EVENT": "\(event.name)"])
        }
        pump()
    }

    /// Sends nothing more; what waits is lost.
    func stop() async {
        isStopped = true
        timer?.cancel()
        if queue.count > 0 {
            logger.notice("webhook events are lost by the stop", metadata: ["COUNT": "\(queue.count)"])
        }
        try? await client.shutdown()
    }

    private func pump() {
        guard !isStopped else { return }
        while let delivery = queue.take(.now()) {
            Task { await self.deliver(delivery) }
        }
        timer?.cancel()
        timer = nil
        guard let deadline = queue.deadline else { return }
        let pause = max(0, deadline.nanoseconds(since: .now()))
        timer = eventLoop.scheduleTask(in: .nanoseconds(pause)) { [weak self] in
            self?.assumeIsolated { $0.pump() }
        }
    }

    private func deliver(_ delivery: WebhookQueue.Delivery) async {
        let failure = await post(delivery.event)
        let isKept = queue.finished(delivery.id, wasTaken: failure == nil, now: .now())
        if let failure {
            logger.log(
                level: isKept ? .info : .warning,
                "a webhook event was not taken\(isKept ? "" : ", and is lost"): \(failure)",
                metadata: ["EVENT": "\(delivery.event.name)"])
        }
        pump()
    }

    /// Nil when the receiver has taken it, else why not.
    private func post(_ event: WebhookEvent) async -> String? {
        var request = HTTPClientRequest(url: configuration.url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(
            event.body(
                secret: configuration.secret, timestamp: Int64(UnixTime.milliseconds() / 1000),
                nonce: random.token(16)))
        do {
            let response = try await client.execute(request, timeout: .milliseconds(configuration.timeoutMs))
            // Read, so that the connection can be used again; nobody wants to know what it says.
            _ = try? await response.body.collect(upTo: 65_536)
            return (200...299).contains(response.status.code) ? nil : "the receiver answers \(response.status.code)"
        } catch {
            return "\(error)"
        }
    }
}
