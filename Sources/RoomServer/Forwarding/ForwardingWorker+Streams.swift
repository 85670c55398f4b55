import MediaIO
import RTP
import Transport
import WebRTC

/// ICE-TCP: connections that the TCP port has accepted and that belong to sessions of this worker.
extension ForwardingWorker {
    /// Connections of one worker.
    private static let maximumStreams = 4096

    /// Takes over a connection whose first frame names a session of this worker.
    func accept(_ accepted: AcceptedStream) {
        guard timer != nil, peerStreams.count < Self.maximumStreams, let descriptor = accepted.take(),
            let stream = try? TCPStream(adopting: descriptor)
        else { return }
        let now = MonotonicTime.now()
        let number = nextStream
        nextStream &+= 1
        let peer = PeerStream(
            stream, number: number,
            deadline: now.advanced(byMilliseconds: configuration.strangerTimeoutMilliseconds))
        let readable: @Sendable () -> Void = { [weak self] in self?.assumeIsolated { $0.streamReadable(number) } }
        guard (try? loop.watch(stream.descriptor, readable: readable)) != nil else { return }
        peerStreams[number] = peer
        streamTimer?.arm(at: min(streamTimer?.deadline ?? .distantFuture, peer.deadline))
        accepted.firstBytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty, !peer.deframer.isMalformed {
                let space = peer.deframer.space
                let count = min(space.count, rest.count)
                guard count > 0 else { break }
                space.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest.prefix(count)))
                peer.deframer.fill(count)
                rest = rest.dropFirst(count)
                takeMessages(of: peer, now: now)
            }
        }
        if peer.deframer.isMalformed { close(stream: number, now: now) }
        finishBatch()
    }

    private func streamReadable(_ number: UInt32) {
        guard let peer = peerStreams[number] else { return }
        let now = MonotonicTime.now()
        // Some reads in a row, then the others' turn.
        reading: for _ in 0..<4 {
            let space = peer.deframer.space
            switch peer.stream.receive(into: space) {
            case .bytes(let count):
                peer.deframer.fill(count)
                takeMessages(of: peer, now: now)
                if peer.deframer.isMalformed { break reading }
                if count < space.count { break reading }
            case .nothing: break reading
            case .closed:
                close(stream: number, now: now)
                break reading
            }
        }
        if peer.deframer.isMalformed { close(stream: number, now: now) }
        finishBatch()
    }

    private func takeMessages(of peer: PeerStream, now: MonotonicTime) {
        while let message = peer.deframer.next() { take(message, peer.tuple, now: now, mayHandOver: false) }
    }

    private func streamWritable(_ number: UInt32) {
        guard let peer = peerStreams[number] else { return }
        markDirty(peer, number)
        finishBatch()
    }

    private func markDirty(_ peer: PeerStream, _ number: UInt32) {
        guard !peer.isDirty else { return }
        peer.isDirty = true
        dirtyStreams.append(number)
    }

    /// Sends what stands in the first `length` bytes of the batch's vacant slot: as a datagram of the batch, or over the
    /// connection of the path.
    func post(length: Int, on path: TransportTuple, socket: Int, isMedia: Bool) {
        let batch = outgoing[socket]
        guard case .stream(let number) = path.carrier else {
            return batch.append(length: length, to: path.remote, from: path.local)
        }
        send(UnsafeRawBufferPointer(rebasing: batch.vacantSlot[..<length]), overStream: number, isMedia: isMedia)
    }

    func send(_ datagram: UnsafeRawBufferPointer, overStream number: UInt32, isMedia: Bool) {
        guard let peer = peerStreams[number] else { return }
        markDirty(peer, number)
        peer.send(datagram, isMedia: isMedia)
    }

    /// Sends what waits on connections; lets go of broken ones.
    func flushStreams() {
        while let number = dirtyStreams.popLast() {
            guard let peer = peerStreams[number] else { continue }
            peer.flush()
            if peer.isBroken {
                brokenStreams.append(number)
            } else if peer.stream.wantsToWrite != peer.isWatchedForWriting {
                watchWriting(of: peer, number)
            }
        }
        guard !brokenStreams.isEmpty else { return }
        let now = MonotonicTime.now()
        while let number = brokenStreams.popLast() { close(stream: number, now: now) }
    }

    private func watchWriting(of peer: PeerStream, _ number: UInt32) {
        peer.isWatchedForWriting = peer.stream.wantsToWrite
        guard peer.isWatchedForWriting else { return loop.watchWriting(peer.stream.descriptor, writable: nil) }
        loop.watchWriting(peer.stream.descriptor) { [weak self] in
            self?.assumeIsolated { $0.streamWritable(number) }
        }
    }

    /// STUN of a session's peer has come over a connection: it is no stranger's any more.
    func streamValidated(_ tuple: TransportTuple) {
        if case .stream(let number) = tuple.carrier { peerStreams[number]?.isValidated = true }
    }

    /// Closes the connection of a tuple that no session has a use for.
    func closeStream(of tuple: TransportTuple) {
        guard case .stream(let number) = tuple.carrier, let peer = peerStreams.removeValue(forKey: number) else {
            return
        }
        peer.flush()
        loop.unwatch(peer.stream.descriptor)
    }

    /// The connection has ended, or is of no use.
    private func close(stream number: UInt32, now: MonotonicTime) {
        guard let peer = peerStreams.removeValue(forKey: number) else { return }
        loop.unwatch(peer.stream.descriptor)
        guard let session = byTuple[peer.tuple] else { return }
        session.connection.streamEnded(peer.tuple, now: now)
        settle(session, now: now)
        schedule(session)
    }

    /// Closes what has been nobody's for too long.
    func streamTimerFired() {
        let now = MonotonicTime.now()
        var next = MonotonicTime.distantFuture
        for (number, peer) in peerStreams where !peer.isValidated {
            if now >= peer.deadline {
                close(stream: number, now: now)
            } else {
                next = min(next, peer.deadline)
            }
        }
        streamTimer?.arm(at: next)
    }
}
