import Glibc
import Logging
import MediaIO
import Synchronization
import Transport
import WebRTC

/// The selective forwarding unit: one UDP port, one worker thread per core, and every session on one worker.
///
/// Signalling calls it from anywhere; media never leaves the workers. ``start()`` once, ``stop()`` at the end.
package final class Forwarder: Sendable {
    /// Sessions that one worker takes.
    package static let maximumSessionsPerWorker = 8192

    private let configuration: ForwarderConfiguration
    private let shared: ForwarderShared
    private let workers: [ForwardingWorker]

    /// The UDP port, also when the configuration left it to the kernel.
    package let port: UInt16

    /// Binds. Throws ``SocketError`` (``SocketError/isAddressInUse``: the port is taken), `DTLSError` when no
    /// certificate can be made.
    package init(configuration: ForwarderConfiguration) throws {
        precondition(!configuration.listenAddresses.isEmpty, "a forwarder listens somewhere")
        self.configuration = configuration
        let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        let count = min(max(configuration.workers ?? cores, 1), WorkerIndex.maximum)
        let interfaces = NetworkInterfaces.addresses()
        let points = configuration.listenAddresses.map { ListenPoint($0, among: interfaces) }
        let port = try Self.findPort(configuration.port, on: points)
        shared = ForwarderShared(
            certificate: try DTLSCertificate(),
            advertised: AdvertisedAddresses(configuration, port: port),
            mailboxes: try (0..<count).map { _ in try WorkerMailbox() })
        var workers: [ForwardingWorker] = []
        for index in 0..<count {
            workers.append(
                try ForwardingWorker(
                    index: index, points: points, port: port, configuration: configuration, shared: shared,
                    random: .system))
        }
        self.port = port
        self.workers = workers
    }

    /// The port that is free on all addresses. Asked without SO_REUSEPORT first: with it, a second server of the same
    /// user would not be refused but share the port, and take every other client from the first.
    private static func findPort(_ wanted: UInt16, on points: [ListenPoint]) throws(SocketError) -> UInt16 {
        var attempts = wanted == 0 ? 10 : 1
        while true {
            attempts -= 1
            do {
                var port = wanted
                var probes: [UDPSocket] = []
                for point in points {
                    let probe = try point.open(port: port, reusePort: false)
                    port = probe.localAddress.port
                    probes.append(probe)
                }
                return port
            } catch {
                // A port that the kernel chose on one address may be taken on another.
                guard attempts > 0, error.isAddressInUse else { throw error }
            }
        }
    }

    // MARK: Life

    /// Starts the worker threads.
    package func start() async throws {
        for worker in workers {
            try worker.loop.start()
            try await worker.open()
        }
        configuration.logger.info(
            "forwarding", metadata: ["port": "\(port)", "workers": "\(workers.count)"])
    }

    /// Ends all sessions (BYE, close_notify) and the threads. After that every call finds no session.
    package func stop() async {
        for worker in workers { await worker.shut() }
        for worker in workers { await worker.loop.shutdown() }
    }

    /// The addresses in the answers' candidates, as they are at the moment.
    package var advertisedAddresses: [TransportAddress] { shared.advertised.current(now: .now()) }

    /// SHA-256 of the DTLS certificate.
    package var certificateFingerprint: [UInt8] { shared.certificate.fingerprint }

    /// One per worker; each grows at least twice a second while its thread is well.
    package var heartbeats: [UInt64] { workers.map(\.loop.heartbeat) }

    // MARK: Sessions

    /// Makes a session on the worker with the fewest. `events` is called on the worker's thread, in order.
    package func makeSession(
        events: @escaping @Sendable (ForwarderSessionEvent) -> Void
    ) async throws(ForwarderError) -> ForwarderSession {
        var best = workers[0]
        for worker in workers where worker.load.load(ordering: .relaxed) < best.load.load(ordering: .relaxed) {
            best = worker
        }
        best.load.add(1, ordering: .relaxed)
        do {
            return try await best.makeSession(events: events)
        } catch {
            best.load.subtract(1, ordering: .relaxed)
            throw error
        }
    }

    /// Answers an offer of the session's peer. `tracks` is the whole truth: a section that it does not name is free,
    /// and what it was used for has ended.
    package func negotiate(
        _ session: ForwarderSession, offer: String, tracks: [TrackRequest]
    ) async throws(ForwarderError) -> NegotiationResult {
        try await worker(of: session).negotiate(session, offer: offer, tracks: tracks)
    }

    /// A trickled candidate of the peer. An ICE-lite server learns addresses from checks, so this is rarely of use.
    package func addCandidate(_ session: ForwarderSession, _ candidate: String, usernameFragment: String?) async {
        await worker(of: session).addCandidate(session, candidate)
    }

    /// Takes a fragment of the peer (candidates, or an ICE restart without a new offer). Returns this side's fragment for
    /// a restart, else nil. Throws ``ForwarderError/faultyOffer(reason:)`` when it does not fit; then nothing has changed.
    package func apply(
        _ fragment: SDPFragment, to session: ForwarderSession
    ) async throws(ForwarderError) -> SDPFragment? {
        try await worker(of: session).apply(fragment, to: session)
    }

    /// Ends a publication at once; the next ``negotiate(_:offer:tracks:)`` frees its section.
    package func unpublish(_ session: ForwarderSession, _ key: StreamKey) async {
        await worker(of: session).unpublish(session, key)
    }

    /// Ends the playing of a stream at once (BYE); the next ``negotiate(_:offer:tracks:)`` frees its section.
    package func stopPlay(_ session: ForwarderSession, _ key: StreamKey) async {
        await worker(of: session).stopPlay(session, key)
    }

    /// Ends the session and everything in it. No event comes after it.
    package func close(_ session: ForwarderSession) async {
        await worker(of: session).close(session)
    }

    /// Takes over a connection of ICE-TCP: it goes to the worker whose session the first frame names; any other is closed.
    package func accept(_ stream: AcceptedStream) {
        let ufrag = stream.firstBytes.withUnsafeBytes { bytes -> UfragKey? in
            guard case .message(let offset, let length, _) = StreamFraming.rfc4571.frame(in: bytes) else { return nil }
            return UfragKey(requestIn: UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + length)]))
        }
        guard configuration.acceptsStreams, let ufrag, let index = WorkerIndex.read(ufrag),
            workers.indices.contains(index)
        else { return }
        Task { await workers[index].accept(stream) }
    }

    private func worker(of session: ForwarderSession) -> ForwardingWorker {
        workers[min(session.worker, workers.count - 1)]
    }

    // MARK: Figures

    package func statistics() async -> ForwarderStatistics {
        var sum = ForwarderStatistics()
        for worker in workers { sum += await worker.statistics() }
        return sum
    }

    /// The figures of each worker by itself.
    package func workerStatistics() async -> [ForwarderStatistics] {
        var figures: [ForwarderStatistics] = []
        for worker in workers { figures.append(await worker.statistics()) }
        return figures
    }

    /// All published streams, with their audio levels.
    package func streams() async -> [StreamStatistics] {
        var found: [StreamStatistics] = []
        for worker in workers { found += await worker.streams() }
        return found
    }
}
