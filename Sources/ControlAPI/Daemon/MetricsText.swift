import VoiceEngine

/// Prometheus text (version 0.0.4) of what the daemon counts and measures. No identifiers in labels.
package struct MetricsText: Sendable {
    private var lines: [String] = []

    package init() {}

    /// The text.
    package var text: String { lines.joined(separator: "\n") + "\n" }

    private mutating func add(
        _ name: String, _ type: String, _ help: String, _ samples: [(labels: String, value: Double)]
    ) {
        lines.append("# HELP \(name) \(help)")
        lines.append("# TYPE \(name) \(type)")
        for sample in samples { lines.append("\(name)\(sample.labels) \(Self.number(sample.value))") }
    }

    /// A counter: only grows; its name ends in `_total`.
    package mutating func counter(_ name: String, _ help: String, _ value: UInt64) {
        add(name, "counter", help, [("", Double(value))])
    }

    /// A gauge: goes up and down.
    package mutating func gauge(_ name: String, _ help: String, _ value: Double) {
        add(name, "gauge", help, [("", value)])
    }

    /// A counter with one label.
    package mutating func counter(_ name: String, _ help: String, label: String, _ values: [(String, Double)]) {
        add(name, "counter", help, values.map { ("{\(label)=\"\($0.0)\"}", $0.1) })
    }

    /// A gauge with one label.
    package mutating func gauge(_ name: String, _ help: String, label: String, _ values: [(String, Double)]) {
        add(name, "gauge", help, values.map { ("{\(label)=\"\($0.0)\"}", $0.1) })
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && value.magnitude < 0x1p53 ? String(Int64(value)) : "\(value)"
    }
}

extension MetricsText {
    /// The metrics of zegod.
    package static func daemon(
        status: DaemonStatus, controlConnections: Int, eventConnections: Int
    ) -> String {
        var text = MetricsText()
        text.gauge(
            "zegod_build_info", "The version that runs; always 1.", label: "version", [(status.version, 1)])
        text.gauge("zegod_uptime_seconds", "Time since the start of the daemon.", Double(status.uptimeSeconds))
        text.gauge(
            "zegod_connections", "Open connections by socket.", label: "socket",
            [("control", Double(controlConnections)), ("events", Double(eventConnections))])
        let events = status.log.counters
        text.counter("zegod_events_total", "Reliable events.", events.reliable)
        text.counter("zegod_volatile_events_total", "Volatile events (levels, quality).", events.volatile)
        text.counter(
            "zegod_events_dropped_total", "Reliable events that readers lost by falling behind.", events.dropped)
        text.gauge("zegod_subscribers", "Readers of events.", Double(events.readers))
        text.gauge("zegod_events_waiting", "Events that wait for readers.", Double(events.queuedLines))
        text.gauge("zegod_engine_running", "1 while the engine runs.", status.engines.running == nil ? 0 : 1)
        if let engine = status.engines.snapshot { text.engine(engine) }
        text.process(ProcessUsage.present)
        return text.text
    }

    private mutating func engine(_ engine: EngineSnapshot) {
        gauge("zegod_rooms", "Rooms that the engine is in.", Double(engine.rooms.filter { $0.reason.isInRoom }.count))
        gauge(
            "zegod_streams", "Streams that are published and played.", label: "direction",
            [
                ("publish", Double(engine.publishers.filter { $0.state == .publishing }.count)),
                ("play", Double(engine.players.filter { $0.state == .playing }.count)),
            ])
        counter(
            "zegod_audio_xruns_total", "Overruns and underruns of the sound devices.",
            UInt64(clamping: engine.audio.xruns))
        counter(
            "zegod_audio_late_blocks_total",
            "Blocks of 10 ms that began more than 10 ms late, where no sound card paces them.",
            UInt64(clamping: engine.audio.lateBlocks))
        counter("zegod_audio_turns_total", "Turns of the audio thread.", engine.audio.audioThreadTurns)
        counter("zegod_media_turns_total", "Turns of the media thread.", engine.network.mediaThreadTurns)
        counter(
            "zegod_datagrams_dropped_total", "Datagrams that were not ours or failed to open.",
            engine.network.datagramsDropped)
        let repairs = engine.network.retransmissions
        counter("zegod_packets_retransmitted_total", "Published packets that were sent again.", repairs.sent)
        counter(
            "zegod_retransmissions_requested_total", "Lost packets of played streams that were asked for, each time.",
            repairs.requested)
        counter(
            "zegod_packets_recovered_total", "Packets of played streams that came when asked for again.",
            repairs.recovered)
        counter(
            "zegod_packets_repaired_by_copies_total",
            "Packets of played streams that were missing and came as copies inside later ones.",
            repairs.repairedByCopies)
        sending(engine.network.sending)
        gauge("zegod_audio_realtime", "1 while the audio thread runs under SCHED_FIFO.", engine.audio.realtime ? 1 : 0)
        let parts = engine.audio.delayMs.parts
        if !parts.isEmpty {
            gauge(
                "zegod_delay_seconds", "Where the time of a voice goes; parts that are not known are absent.",
                label: "part", parts.map { ($0.name, $0.milliseconds / 1000) })
        }
        gauge(
            "zegod_device_running", "1 while the sound device runs.", label: "direction",
            [("input", engine.audio.input), ("output", engine.audio.output)].map { ($0.0, $0.1.errorCode == 0 ? 1 : 0) }
        )
        gauge(
            "zegod_media_connected", "1 while there is a path for media to the room server.",
            engine.network.ice == "connected" ? 1 : 0)
        quality(engine)
    }

    /// What published streams do about loss and thin lines.
    private mutating func sending(_ figures: SendingFigures) {
        counter(
            "zegod_packets_with_copies_total", "Published packets with copies of earlier ones against loss.",
            figures.packetsWithCopies)
        gauge(
            "zegod_redundancy_copies", "Copies that each published packet has with it, of the stream with most.",
            Double(figures.copies))
        if let bitrate = figures.targetBitrate {
            gauge(
                "zegod_target_bits_per_second", "Bits per second that an encoder may take, of the stream with least.",
                Double(bitrate))
        }
        if let bitrate = figures.pathBitrate {
            gauge(
                "zegod_path_bits_per_second",
                "Bits per second, headers counted, that the path to the room server takes; absent while it takes all.",
                Double(bitrate))
        }
        if let bitrate = figures.listenerBitrate {
            gauge(
                "zegod_listener_bits_per_second",
                "Bits per second, headers counted, that the lines of the listeners take; absent while they take all.",
                Double(bitrate))
        }
    }

    /// Of the worst stream of each direction; absent where nothing is sent or received.
    private mutating func quality(_ engine: EngineSnapshot) {
        let sent = engine.publishers.filter { $0.state == .publishing }.compactMap(\.quality)
        let received = engine.players.filter { $0.state == .playing }.compactMap(\.quality)
        func worst(_ name: String, _ help: String, _ sent: [Double], _ received: [Double]) {
            let samples = [("publish", sent.max()), ("play", received.max())].compactMap { label, value in
                value.map { (label, $0) }
            }
            if !samples.isEmpty { gauge(name, help, label: "direction", samples) }
        }
        worst(
            "zegod_packet_loss_ratio", "Share of packets lost, 0-1, of the worst stream.", sent.map(\.packetLostRate),
            received.map(\.packetLostRate))
        worst(
            "zegod_round_trip_seconds", "Round trip to the room server.", sent.compactMap(\.rttMs).map { $0 / 1000 },
            received.compactMap(\.rttMs).map { $0 / 1000 })
        let concealed = received.map(\.concealedRate).max()
        if let concealed {
            gauge("zegod_concealed_ratio", "Share of the sound that was made up, 0-1, of the worst stream.", concealed)
        }
        if let mos = received.compactMap(\.mos).min() {
            gauge("zegod_mean_opinion_score", "The E-model's score, 1-4.5, of the worst stream.", mos)
        }
        if let delay = received.compactMap(\.endToEndMs).max() {
            gauge(
                "zegod_end_to_end_delay_seconds", "From the far microphone to the near speaker, at most.", delay / 1000)
        }
    }

    /// The process, by the names that all exporters use for it.
    private mutating func process(_ usage: ProcessUsage) {
        counter(
            "zegod_thread_cpu_seconds_total", "Processor time by thread.", label: "thread",
            usage.threads.seconds.sorted { $0.key < $1.key }.map { ($0.key.replacing("\"", with: ""), $0.value) })
        add(
            "process_cpu_seconds_total", "counter", "Processor time.", [("", usage.threads.seconds.values.reduce(0, +))]
        )
        gauge("process_resident_memory_bytes", "Memory that is in RAM.", Double(usage.residentBytes))
        gauge("process_open_fds", "Open file descriptors.", Double(usage.openDescriptors))
        gauge("process_max_fds", "File descriptors that may be open.", Double(usage.maximumDescriptors))
    }
}
