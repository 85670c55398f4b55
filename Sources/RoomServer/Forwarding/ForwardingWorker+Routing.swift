import MediaIO
import RTP
import Transport
import WebRTC

/// From a datagram to its session, and what the session's `PeerConnection` makes of it.
extension ForwardingWorker {
    /// Finds out whose datagram it is: a STUN request by the ufrag that it names (so that a peer on a new address is
    /// found), everything else by the validated tuple.
    ///
    /// - Parameter mayHandOver: false for what another worker has handed over already, so that nothing goes in circles.
    func take(
        _ datagram: UnsafeMutableRawBufferPointer, _ tuple: TransportTuple, now: MonotonicTime, mayHandOver: Bool
    ) {
        let bytes = UnsafeRawBufferPointer(datagram)
        let kind = DatagramKind(bytes)
        if kind == .stun, let ufrag = UfragKey(requestIn: bytes) {
            if let session = byUfrag[ufrag] {
                give(datagram, tuple, to: session, now: now)
            } else if mayHandOver, let worker = WorkerIndex.read(ufrag), worker != index,
                shared.mailboxes.indices.contains(worker)
            {
                handOver(bytes, tuple, to: worker)
            } else {
                counters.datagramsUnknown &+= 1
            }
        } else if let session = byTuple[tuple] {
            give(datagram, tuple, to: session, now: now)
        } else if mayHandOver, kind != .unknown, let worker = shared.tuples.worker(of: tuple), worker != index {
            handOver(bytes, tuple, to: worker)
        } else {
            counters.datagramsUnknown &+= 1
        }
    }

    private func handOver(_ datagram: UnsafeRawBufferPointer, _ tuple: TransportTuple, to worker: Int) {
        if shared.mailboxes[worker].post(datagram: datagram, remote: tuple.remote, local: tuple.local) {
            counters.datagramsHandedOver &+= 1
            bells |= 1 << UInt64(worker)
        } else {
            counters.handOversDropped &+= 1
        }
    }

    private func give(
        _ datagram: UnsafeMutableRawBufferPointer, _ tuple: TransportTuple, to session: PeerSession, now: MonotonicTime
    ) {
        switch session.connection.receive(datagram, on: tuple, now: now) {
        case .rtp(let length, let section):
            counters.packetsReceived &+= 1
            counters.bytesReceived &+= UInt64(datagram.count)
            let packet = UnsafeMutableRawBufferPointer(rebasing: datagram[..<length])
            takeMedia(packet, section: section, of: session, now: now)
        case .rtcp(let length):
            takeFeedback(UnsafeRawBufferPointer(rebasing: datagram[..<length]), of: session, now: now)
        case .consumed:
            settle(session, now: now)
            schedule(session)
        case .dropped:
            // Counted by the connection; nothing of it has changed.
            break
        }
    }

    /// Does what the session's connection wants after it was touched: control datagrams out, events, tables.
    func settle(_ session: PeerSession, now: MonotonicTime) {
        transmitControl(of: session)
        while let event = session.connection.nextEvent() { take(event, of: session) }
        guard session.path != session.connection.selectedPath else { return }
        session.path = session.connection.selectedPath
        downlinkChanged(of: session, now: now)
        if let path = session.path {
            session.socket = socket(for: path.local)
            session.events(.pathChanged(remote: path.remote))
        }
    }

    /// STUN answers and DTLS flights into the send batches.
    func transmitControl(of session: PeerSession) {
        while let datagram = session.connection.nextTransmit(into: control.bytes) {
            enqueue(
                UnsafeRawBufferPointer(rebasing: control.bytes[..<datagram.length]), path: datagram.path,
                socket: socket(for: datagram.path.local), isMedia: false)
        }
    }

    /// Puts a finished datagram into a send batch, which is sent first if it is full.
    func enqueue(_ datagram: UnsafeRawBufferPointer, path: TransportTuple, socket: Int, isMedia: Bool) {
        if case .stream(let number) = path.carrier {
            return send(datagram, overStream: number, isMedia: isMedia)
        }
        if outgoing[socket].isFull { flush(socket) }
        outgoing[socket].append(copying: datagram, to: path.remote, from: path.local)
    }

    /// The socket that is bound to an address, or to all of its family.
    private func socket(for local: TransportAddress) -> Int {
        guard sockets.count > 1 else { return 0 }
        return sockets.firstIndex { $0.localAddress == local }
            ?? sockets.firstIndex { $0.localAddress.isUnspecified && $0.reaches(local.family) }
            ?? sockets.firstIndex { $0.reaches(local.family) } ?? 0
    }

    private func take(_ event: PeerConnectionEvent, of session: PeerSession) {
        switch event {
        case .tupleValidated(let tuple):
            // A tuple that another session had before belongs to whoever proved to know the password last.
            if let former = byTuple[tuple], former !== session { former.tuples.remove(tuple) }
            session.tuples.insert(tuple)
            byTuple[tuple] = session
            if tuple.carrier == .udp { shared.tuples.set(tuple, worker: index) } else { streamValidated(tuple) }
        case .tupleForgotten(let tuple):
            forget(tuple, of: session)
        case .localUfragRetired(let ufrag):
            guard let key = UfragKey(ufrag) else { return }
            session.ufrags.remove(key)
            if byUfrag[key] === session { byUfrag[key] = nil }
        case .connected:
            guard !session.hasConnected else { return }
            session.hasConnected = true
            session.events(.connected)
        case .iceConnected:
            guard session.isDisconnected else { return }
            session.isDisconnected = false
            session.events(.reconnected)
        case .disconnected:
            session.isDisconnected = true
            session.events(.disconnected)
        case .closedByPeer:
            session.events(.failed(reason: "the peer closed the connection"))
        case .failed(let failure):
            session.events(.failed(reason: Self.reason(of: failure)))
        case .localCandidate, .gatheringComplete, .pathChanged, .openStream, .closeStream:
            // A lite agent's candidates are all in the answer, and it opens no connections; the path is read from the
            // connection.
            break
        }
    }

    private static func reason(of failure: PeerConnectionFailure) -> String {
        switch failure {
        case .noPath: "no datagram of the peer arrives"
        case .consentExpired: "the peer is not heard any more"
        case .dtls(let reason): "DTLS: \(reason)"
        }
    }

    func forget(_ tuple: TransportTuple, of session: PeerSession) {
        session.tuples.remove(tuple)
        guard byTuple[tuple] === session else { return }
        byTuple[tuple] = nil
        if tuple.carrier == .udp { shared.tuples.remove(tuple, worker: index) } else { closeStream(of: tuple) }
    }
}
