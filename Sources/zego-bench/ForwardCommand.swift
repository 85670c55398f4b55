import ArgumentParser
import Logging
import MediaIO
import RoomModel
import RoomServer
import Transport
import WebRTC

/// One publisher, many listeners, real DTLS-SRTP over loopback.
struct ForwardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forward", abstract: "Forward one stream to many listeners and print what it costs.",
        discussion: """
            Clients and forwarder run in one process. CPU time is that of the worker threads alone; over loopback it \
            holds the kernel's work for receiving too. Latency is from before the publisher's system call to after the \
            listener's, of one listener in ten.
            """)

    @Option(help: "Listeners.")
    var listeners = 200
    @Option(help: "Worker threads of the forwarder.")
    var workers = 1
    @Option(help: "Packets per second of the publisher (a voice: 50).")
    var rate = 500
    @Option(help: "Bytes of a packet's payload.")
    var payload = 120
    @Option(help: "Seconds to measure.")
    var seconds = 5

    mutating func validate() throws {
        guard 1...4000 ~= listeners else { throw ValidationError("--listeners must be 1 to 4000") }
        guard 1...64 ~= workers else { throw ValidationError("--workers must be 1 to 64") }
        guard 1...100_000 ~= rate else { throw ValidationError("--rate must be 1 to 100000") }
        guard 16...1024 ~= payload else { throw ValidationError("--payload must be 16 to 1024") }
        guard 1...3600 ~= seconds else { throw ValidationError("--seconds must be 1 to 3600") }
    }

    func run() async throws {
        let certificate = try DTLSCertificate()
        let loopback = TransportAddress(ipv4: 0x7F00_0001, port: 0)
        let forwarder = try Forwarder(
            configuration: ForwarderConfiguration(
                listenAddresses: [loopback], port: 0, workers: workers,
                logger: Logger(label: "zego-bench") { _ in SwiftLogNoOpLogHandler() }))
        try await forwarder.start()
        let key = StreamKey(app: try AppID(1), stream: try StreamID("bench"))
        let speakerLoop = try MediaLoop(name: "bench-speaker")
        let listenerLoop = try MediaLoop(name: "bench-listener")
        try speakerLoop.start()
        try listenerLoop.start()
        let begin = MonotonicTime.now()
        let speaker = try BenchPeer(loop: speakerLoop, certificate: certificate)
        try await speaker.join(forwarder, publishing: key)
        var crowd: [BenchPeer] = []
        for number in 0..<listeners {
            let peer = try BenchPeer(loop: listenerLoop, certificate: certificate, measures: number % 10 == 0)
            try await peer.join(forwarder, playing: key)
            crowd.append(peer)
        }
        print(
            "\(listeners) listeners connected in \(Figures.decimal(MonotonicTime.now().milliseconds(since: begin))) ms")
        try await measure(forwarder, speaker, crowd)
        for peer in crowd { await peer.leave() }
        await speaker.leave()
        await forwarder.stop()
        await speakerLoop.shutdown()
        await listenerLoop.shutdown()
    }

    private func measure(_ forwarder: Forwarder, _ speaker: BenchPeer, _ crowd: [BenchPeer]) async throws {
        // The first second warms up caches and tables.
        try await speaker.send(rate: rate, payloadBytes: payload, seconds: 1)
        for peer in crowd { await peer.reset() }
        let before = await forwarder.statistics()
        let begin = MonotonicTime.now()
        try await speaker.send(rate: rate, payloadBytes: payload, seconds: seconds)
        let after = await forwarder.statistics()
        let elapsed = Double(MonotonicTime.now().nanoseconds(since: begin)) / 1e9
        var received = 0
        var latencies: [Int64] = []
        for peer in crowd {
            let (count, measured) = await peer.result()
            received += count
            latencies += measured
        }
        latencies.sort()
        let forwarded = Double(after.packetsForwarded - before.packetsForwarded)
        let busy = Double(after.cpuNanoseconds - before.cpuNanoseconds) / 1e9
        print(
            "published            \(after.packetsReceived - before.packetsReceived) packets in \(Figures.decimal(elapsed)) s"
        )
        print(
            "forwarded            \(Figures.whole(forwarded)) packets, \(Figures.whole(forwarded / elapsed)) per second"
        )
        print("received             \(Figures.decimal(100 * Double(received) / max(forwarded, 1))) % of them")
        print("workers busy         \(Figures.decimal(100 * busy / elapsed)) % of a core")
        print("per busy core        \(Figures.whole(forwarded / max(busy, 1e-9))) packets per second")
        print("CPU per packet       \(Figures.decimal(busy * 1e6 / max(forwarded, 1))) µs")
        print("packets per sendmmsg \(Figures.decimal(forwarded / max(1, Double(after.sendCalls - before.sendCalls))))")
        print("not sent             \(after.datagramsNotSent - before.datagramsNotSent)")
        guard !latencies.isEmpty else { return }
        let microseconds = { (quantile: Double) in
            Figures.whole(Double(latencies[min(latencies.count - 1, Int(quantile * Double(latencies.count)))]) / 1000)
        }
        print(
            "latency              p50 \(microseconds(0.5)) µs, p99 \(microseconds(0.99)) µs, max \(microseconds(1)) µs")
    }
}
