import Logging
import MediaIO
import RoomModel
import RoomServer
import Testing
import Transport
import WebRTC

/// A forwarder on loopback and clients of it.
final class ForwardingRig: Sendable {
    let forwarder: Forwarder
    private let certificate: DTLSCertificate

    init(
        workers: Int = 1, hosts: [String] = ["127.0.0.1"], timers: ICETimers = ICETimers(),
        streamSilenceMilliseconds: Int64 = 5000
    ) async throws {
        certificate = try DTLSCertificate()
        forwarder = try Forwarder(
            configuration: ForwarderConfiguration(
                listenAddresses: try hosts.map { try #require(TransportAddress(host: $0, port: 0)) }, port: 0,
                workers: workers, timers: timers, streamSilenceMilliseconds: streamSilenceMilliseconds,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        try await forwarder.start()
    }

    func peer(host: String = "127.0.0.1") async throws -> ForwardingPeer {
        let peer = try ForwardingPeer(forwarder: forwarder, certificate: certificate, host: host)
        try await peer.connect()
        return peer
    }

    func close(_ peers: ForwardingPeer...) async {
        for peer in peers {
            await peer.shut()
            await peer.loop.shutdown()
        }
        await forwarder.stop()
    }

    static func key(_ stream: String) throws -> StreamKey {
        StreamKey(app: try AppID(1), stream: try StreamID(stream))
    }

    /// Waits for something of the forwarder's own; throws when it does not come within 10 s.
    func until(_ what: String, _ condition: @Sendable () async -> Bool) async throws {
        let deadline = MonotonicTime.now().advanced(byMilliseconds: 10_000)
        while await !condition() {
            guard MonotonicTime.now() < deadline else {
                throw ForwardingPeer.Wait(description: "waited in vain: \(what)")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
