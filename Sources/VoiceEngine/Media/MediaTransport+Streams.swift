import MediaIO
import Transport
import WebRTC

// TCP connections beside the UDP socket, where the network lets no UDP through.
extension MediaTransport {
    /// Sends what stands in the first `length` bytes of the batch's vacant slot.
    func post(length: Int, on path: TransportTuple, isMedia: Bool = true) {
        guard let datagram = connection.envelop(outgoing.vacantSlot, length: length, on: path) else { return }
        post(datagram, isMedia: isMedia)
    }

    func post(_ datagram: ControlDatagram, isMedia: Bool) {
        if case .stream(let number) = datagram.path.carrier {
            streams[number]?.send(
                UnsafeRawBufferPointer(rebasing: outgoing.vacantSlot[..<datagram.length]), isMedia: isMedia)
        } else {
            outgoing.append(length: datagram.length, to: datagram.path.remote, from: datagram.path.local)
        }
    }

    /// Opens a connection; when that fails at once the machines hear of it in the next turn.
    func open(_ request: StreamRequest, now: MonotonicTime) {
        do {
            streams[request.number] = try StreamLink(request, now: now, judge: judge)
        } catch {
            connection.streamClosed(request.number, now: now)
        }
    }

    func closeStream(_ number: UInt32) {
        guard let link = streams.removeValue(forKey: number) else { return }
        link.close()
        closedStreams.append(link)
    }

    /// Links that have ended, which the loop has still to let go of.
    func takeClosedStreams() -> [StreamLink] {
        defer { closedStreams = [] }
        return closedStreams
    }

    func streamWritable(_ number: UInt32, now: MonotonicTime) {
        streams[number]?.writable()
        tellIfOpened(number, now: now)
    }

    func streamReadable(_ number: UInt32, now: MonotonicTime) {
        guard let link = streams[number] else { return }
        link.readable { message in
            // TLS may have been done with the bytes that brought the first message.
            tellIfOpened(number, now: now)
            take(connection.receive(message, fromStream: number, now: now), message, now: now)
        }
        tellIfOpened(number, now: now)
    }

    private func tellIfOpened(_ number: UInt32, now: MonotonicTime) {
        guard let link = streams[number], link.isOpen, toldStreams.insert(number).inserted else { return }
        connection.streamOpened(number, local: link.local, now: now)
    }

    /// Ends connections that are of no use any more, or were not made in time.
    func reapStreams(now: MonotonicTime) {
        for (number, link) in streams {
            link.checkDeadline(now: now)
            guard let reason = link.failure else { continue }
            events(.streamFailed(remote: link.request.remote, reason: reason))
            closeStream(number)
            connection.streamClosed(number, now: now)
        }
    }

    var streamDeadline: MonotonicTime {
        streams.values.lazy.map(\.deadline).min() ?? .distantFuture
    }

    /// What carries media on a path, as `status` says it.
    func networkTransport(of path: TransportTuple) -> NetworkTransport {
        switch path.carrier {
        case .udp: .udp
        case .stream: .tcp
        case .relay:
            switch connection.relayTransport(of: path) {
            case .tcp: .relayTCP
            case .tls: .relayTLS
            case .udp, nil: .relayUDP
            }
        }
    }
}
