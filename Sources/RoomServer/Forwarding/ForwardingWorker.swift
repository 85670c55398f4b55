import Logging
import MediaIO
import RTP
import Synchronization
import Transport
import WebRTC

/// One thread of the forwarder with its own sockets on the shared UDP port, and the sessions that live on it.
///
/// A packet's way: ``readable(_:)`` takes a batch from a socket; each datagram finds its session by ufrag or tuple, or
/// goes to the mailbox of the worker that owns it; the session's `PeerConnection` opens it; ``forward(_:payload:)``
/// writes one protected copy per listener into the send batches and one message per other worker that has listeners;
/// ``flush()`` sends. Nothing on this way allocates.
actor ForwardingWorker {
    let index: Int
    nonisolated let loop: MediaLoop
    nonisolated let port: UInt16
    /// For the choice of a worker for a new session.
    nonisolated let load = Atomic<Int>(0)

    let configuration: ForwarderConfiguration
    let shared: ForwarderShared
    let sockets: [UDPSocket]
    let received = DatagramBatch()
    /// One per socket.
    let outgoing: [DatagramBatch]
    /// For STUN, DTLS and plain RTCP; for the headers of listeners.
    let control = ScratchBuffer(byteCount: DatagramBatch.slotCapacity)
    let headers = ScratchBuffer(byteCount: 256)
    let variants = REDVariants()

    var sessions: [PeerSession?] = []
    private var vacantSlots: [Int] = []
    private var nextGeneration: UInt64 = 1
    var byUfrag: [UfragKey: PeerSession] = [:]
    var byTuple: [TransportTuple: PeerSession] = [:]
    /// Connections of ICE-TCP, by their numbers; those with something to flush, and those that are of no use any more.
    var peerStreams: [UInt32: PeerStream] = [:]
    var nextStream: UInt32 = 1
    var dirtyStreams: [UInt32] = []
    var brokenStreams: [UInt32] = []
    var streamTimer: LoopTimer?
    /// By ``StreamRoute/number``.
    var groups: [UInt32: ListenerGroup] = [:]

    var random: RandomSource
    var wheel: TimerWheel
    var timer: LoopTimer?
    private var expired: [Int] = []
    var missing: [UInt16] = []
    var counters = ForwarderStatistics()
    /// A bit for every worker whose bell is to be rung at the end of the batch.
    var bells: UInt64 = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Opens the sockets. Throws ``SocketError``.
    init(
        index: Int, points: [ListenPoint], port: UInt16, configuration: ForwarderConfiguration,
        shared: ForwarderShared, random: RandomSource
    ) throws(SocketError) {
        self.index = index
        self.configuration = configuration
        self.shared = shared
        self.random = random
        loop = try MediaLoop(name: "forwarder-\(index)", scheduling: configuration.scheduling)
        var sockets: [UDPSocket] = []
        var port = port
        for point in points {
            let socket = try point.open(port: port, reusePort: true)
            port = socket.localAddress.port
            sockets.append(socket)
        }
        self.sockets = sockets
        self.port = port
        outgoing = sockets.map { _ in DatagramBatch() }
        wheel = TimerWheel(now: .now())
        missing.reserveCapacity(64)
    }

    // MARK: Life

    /// Begins to read: sockets, mailbox, timer.
    func open() throws(SocketError) {
        timer = loop.makeTimer { [weak self] in
            self?.assumeIsolated { $0.timerFired() }
        }
        streamTimer = loop.makeTimer { [weak self] in
            self?.assumeIsolated { $0.streamTimerFired() }
        }
        for number in sockets.indices {
            try loop.watch(sockets[number].descriptor) { [weak self] in
                self?.assumeIsolated { $0.readable(number) }
            }
        }
        try loop.watch(shared.mailboxes[index].bell.descriptor) { [weak self] in
            self?.assumeIsolated { $0.mailArrived() }
        }
    }

    /// Says goodbye to every peer and stops reading.
    func shut() {
        for session in sessions {
            if let session { end(session) }
        }
        flush()
        for socket in sockets { loop.unwatch(socket.descriptor) }
        loop.unwatch(shared.mailboxes[index].bell.descriptor)
        if let timer { loop.removeTimer(timer) }
        timer = nil
        for peer in peerStreams.values { closeStream(of: peer.tuple) }
        if let streamTimer { loop.removeTimer(streamTimer) }
        streamTimer = nil
    }

    // MARK: Sessions

    func makeSession(
        events: @escaping @Sendable (ForwarderSessionEvent) -> Void
    ) throws(ForwarderError) -> ForwarderSession {
        guard timer != nil else { throw .noSuchSession }
        let slot: Int
        if let vacant = vacantSlots.popLast() {
            slot = vacant
        } else {
            guard sessions.count < Forwarder.maximumSessionsPerWorker else { throw .full }
            slot = sessions.count
            sessions.append(nil)
        }
        let now = MonotonicTime.now()
        let handle = ForwarderSession(worker: index, slot: slot, generation: nextGeneration)
        nextGeneration += 1
        let addresses = shared.advertised.current(now: now)
        let connection = PeerConnection(
            configuration: PeerConnectionConfiguration(
                role: .server, certificate: shared.certificate, localAddresses: addresses,
                tcpAddresses: configuration.acceptsStreams ? addresses : [],
                ufragPrefix: WorkerIndex.prefix(index), timers: configuration.timers),
            random: .system, now: now)
        let session = PeerSession(
            handle: handle, connection: connection, random: &random, now: now, events: events)
        sessions[slot] = session
        counters.sessions += 1
        schedule(session)
        rearm()
        return handle
    }

    func session(_ handle: ForwarderSession) -> PeerSession? {
        guard sessions.indices.contains(handle.slot), let session = sessions[handle.slot], session.handle == handle
        else { return nil }
        return session
    }

    func close(_ handle: ForwarderSession) {
        guard let session = session(handle) else { return }
        end(session)
        flush()
    }

    private func end(_ session: PeerSession) {
        let now = MonotonicTime.now()
        sayGoodbye(to: session, for: Array(session.subscriptions.values))
        for publication in Array(session.publications.values) { remove(publication, of: session) }
        for subscription in Array(session.subscriptions.values) { remove(subscription, of: session) }
        session.connection.close(now: now)
        transmitControl(of: session)
        for tuple in session.tuples { forget(tuple, of: session) }
        for ufrag in session.ufrags where byUfrag[ufrag] === session { byUfrag[ufrag] = nil }
        wheel.cancel(session.handle.slot)
        sessions[session.handle.slot] = nil
        vacantSlots.append(session.handle.slot)
        counters.sessions -= 1
        load.subtract(1, ordering: .relaxed)
    }

    // MARK: Time

    /// Notes when the session wants to be called.
    func schedule(_ session: PeerSession) {
        let slot = session.handle.slot
        let deadline = session.deadline
        if wheel.deadline(of: slot) != deadline { wheel.schedule(slot, at: deadline) }
    }

    func rearm() {
        timer?.arm(at: wheel.nextDeadline)
    }

    private func timerFired() {
        let now = MonotonicTime.now()
        wheel.advance(to: now, expired: &expired)
        for slot in expired {
            guard let session = sessions[slot] else { continue }
            if session.connection.deadline <= now { session.connection.handleTimeout(now: now) }
            settle(session, now: now)
            report(session, now: now)
            schedule(session)
        }
        finishBatch()
    }

    // MARK: Datagrams

    private func readable(_ number: Int) {
        let socket = sockets[number]
        // Some batches in a row while they come in full, then the other sockets' and the jobs' turn.
        for _ in 0..<4 {
            let count = socket.receive(into: received)
            let now = MonotonicTime.now()
            for index in 0..<count {
                let datagram = received.payload(at: index)
                guard !datagram.isEmpty else { continue }
                let tuple = TransportTuple(local: received.destination(at: index), remote: received.source(at: index))
                take(datagram, tuple, now: now, mayHandOver: true)
            }
            guard count == received.capacity else { break }
        }
        finishBatch()
    }

    private func mailArrived() {
        let mailbox = shared.mailboxes[index]
        mailbox.bell.take()
        let now = MonotonicTime.now()
        var left = 256
        while left > 0, takeMail(mailbox, now: now) { left -= 1 }
        // There is more: come back after the sockets had their turn.
        if left == 0 { mailbox.bell.signal() }
        finishBatch()
    }

    private func takeMail(_ mailbox: WorkerMailbox, now: MonotonicTime) -> Bool {
        mailbox.take { mail, bytes in
            if mail.isMedia {
                deliver(mail.packet, payload: UnsafeRawBufferPointer(bytes))
            } else {
                take(bytes, TransportTuple(local: mail.local, remote: mail.remote), now: now, mayHandOver: false)
            }
        }
    }

    /// Ends what one wake-up has begun: sends, rings, sets the timer.
    func finishBatch() {
        flush()
        ringBells()
        rearm()
    }

    /// Wakes the workers that have got messages.
    func ringBells() {
        var pending = bells
        bells = 0
        while pending != 0 {
            let worker = pending.trailingZeroBitCount
            pending &= pending - 1
            shared.mailboxes[worker].bell.signal()
        }
    }

    func flush() {
        for number in sockets.indices { flush(number) }
        if !peerStreams.isEmpty { flushStreams() }
    }

    func flush(_ number: Int) {
        sockets[number].send(outgoing[number])
    }

    // MARK: Figures

    func statistics() -> ForwarderStatistics {
        var sum = counters
        sum.cpuNanoseconds = loop.cpuTimeNanoseconds
        for session in sessions {
            guard let session else { continue }
            sum.publishedStreams += session.publications.count
            sum.playedStreams += session.subscriptions.count
            sum.datagramsRefused &+= session.connection.statistics.droppedInAll
            if let downlink = session.downlink {
                sum.listenersWatched += 1
                if downlink.path.limit != nil { sum.listenersLimited += 1 }
            }
            for publication in session.publications.values { sum.packetsLost += publication.losses.lost }
        }
        for socket in sockets {
            let figures = socket.statistics
            sum.sendCalls &+= figures.sendCalls
            sum.datagramsNotSent &+= figures.congestedDatagrams &+ figures.refusedDatagrams
        }
        return sum
    }

    func streams() -> [StreamStatistics] {
        sessions.flatMap { session in
            (session.map { Array($0.publications.values) } ?? []).compactMap { publication in
                session.map {
                    StreamStatistics(
                        key: publication.route.key, session: $0.handle, isLive: publication.isLive,
                        packetsReceived: publication.packets, bytesReceived: publication.bytes,
                        packetsLost: publication.losses.lost, audioLevel: publication.audioLevel)
                }
            }
        }
    }
}
