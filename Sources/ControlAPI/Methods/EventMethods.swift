import JSONRPC

/// Events on a control connection.
enum EventMethods {
    static let all: [Method<ControlContext>] = [subscribe, unsubscribe]

    private static let interval = Schema.object([
        .required("intervalMs", .integer(50...60_000), "the least time between two events")
    ])

    private static let subscribe = Method<ControlContext>(
        "subscribe", "Events on this connection, as notifications named event; a second call replaces the first.",
        parameters: [
            .optional(
                "events", .array(of: .string(maximumBytes: 100), maximumCount: 64),
                "globs over the names, such as room-*; absent: all"),
            .optional("snapshot", .boolean, default: false, "whether the result has the status"),
            .optional(
                "since",
                .object([
                    .required("instance", .string(maximumBytes: 100), "the daemon's instance"),
                    .required("seq", .integer(0...Int64.max), "the last event seen"),
                ]), "go on after this event"),
            .optional("soundLevel", interval, "thins out sound-level (startSoundLevelMonitor turns it on)"),
            .optional("quality", interval, "thins out quality events"),
        ],
        result: [
            .required("instance", .string(), "the daemon's instance"),
            .required("resumed", .boolean, "whether events go on after since"),
            .optional("snapshot", .anyObject, "the status at seq"),
        ]
    ) { call in
        var reader = call.reader
        var options = SubscriptionOptions(style: .notification)
        options.filter = EventFilter(patterns: try reader.optionalStrings("events"))
        let wantsSnapshot = try reader.optionalBool("snapshot") ?? false
        if var since = try reader.optionalObject("since") {
            options.since = .init(instance: try since.string("instance"), seq: try since.integer("seq"))
        }
        options.soundLevelInterval = try microseconds("soundLevel", &reader)
        options.qualityInterval = try microseconds("quality", &reader)
        let log = call.context.log
        let start = log.subscribe(
            options, wantsSnapshot: wantsSnapshot, source: call.context.status.source, wake: call.connection.wake)
        var reply = Reply(
            [
                "instance": .string(log.instance), "seq": .integer(Int64(clamping: start.seq)),
                "resumed": .bool(start.resumed),
            ], seq: start.seq)
        if let snapshot = start.snapshot { reply.result["snapshot"] = .object(snapshot) }
        reply.subscriptionChange = .start(start.subscription)
        return reply
    }

    private static func microseconds(_ key: String, _ reader: inout JSONReader) throws(JSONShapeError) -> Int64? {
        guard var interval = try reader.optionalObject(key) else { return nil }
        let milliseconds: Int64 = try interval.integer("intervalMs")
        return milliseconds * 1000
    }

    private static let unsubscribe = Method<ControlContext>(
        "unsubscribe", "Ends the events on this connection."
    ) { _ in
        var reply = Reply()
        reply.subscriptionChange = .end
        return reply
    }
}
