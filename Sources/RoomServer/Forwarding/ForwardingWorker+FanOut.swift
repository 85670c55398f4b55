import MediaIO
import RTP
import Synchronization
import Transport
import WebRTC

/// From an opened packet of a publisher to the listeners.
extension ForwardingWorker {
    /// Takes a publisher's opened packet in the receive slot.
    func takeMedia(
        _ packet: UnsafeMutableRawBufferPointer, section: Int, of session: PeerSession, now: MonotonicTime
    ) {
        guard let publication = session.publications[section] else { return }
        if session.arrivals != nil { noteArrival(UnsafeRawBufferPointer(packet), publication, of: session, now: now) }
        var arrival = LossTracker.Arrival.inOrder
        let media = publication.receive(
            UnsafeRawBufferPointer(packet), now: now, unixNanoseconds: ServerClock.unixNanoseconds(at: now),
            makeSource: { shared.directory.makeSource() }, arrival: &arrival)
        switch arrival {
        case .afterGap where publication.nack:
            session.nextLossRequest = min(session.nextLossRequest, publication.losses.deadline)
            schedule(session)
        case .recovered: counters.packetsRecovered &+= 1
        case .afterGap, .inOrder, .late: break
        }
        guard let media, publication.route.source.load(ordering: .relaxed) == media.packet.source else { return }
        if !publication.isLive { begin(publication, of: session) }
        forward(
            media.packet, payload: UnsafeMutableRawBufferPointer(rebasing: packet[media.payload]), publication.route)
    }

    private func begin(_ publication: Publication, of session: PeerSession) {
        publication.isLive = true
        publication.route.isLive.store(true, ordering: .relaxed)
        session.events(.streamStarted(publication.route.key))
    }

    /// Hands a packet to every worker that has listeners (one message each), this one included.
    private func forward(_ packet: MediaPacket, payload: UnsafeMutableRawBufferPointer, _ route: StreamRoute) {
        let interest = route.interest.load(ordering: .relaxed)
        var others = interest & ~(1 << UInt64(index))
        while others != 0 {
            let worker = others.trailingZeroBitCount
            others &= others - 1
            if shared.mailboxes[worker].post(packet, payload: UnsafeRawBufferPointer(payload)) {
                counters.packetsHandedOver &+= 1
                bells |= 1 << UInt64(worker)
            } else {
                counters.handOversDropped &+= 1
            }
        }
        guard interest & (1 << UInt64(index)) != 0 else { return }
        // So that the others work while this one does.
        ringBells()
        deliver(packet, payload: payload)
    }

    /// Sends a packet to this worker's listeners. The payload types inside RED are changed in place when a listener's
    /// differ from those of the one before; the payload is no one else's.
    func deliver(_ packet: MediaPacket, payload: UnsafeMutableRawBufferPointer) {
        // Asked again here: a publisher that has since been replaced may have left packets in the mailbox, and going back
        // to it would make the listeners change twice.
        guard let group = groups[packet.route], group.route.source.load(ordering: .relaxed) == packet.source else {
            return
        }
        var innerPayloadType = packet.innerPayloadType
        let primary = UnsafeRawBufferPointer(rebasing: payload[(payload.count - Int(packet.primaryLength))...])
        let whole = UnsafeRawBufferPointer(payload)
        for subscription in group.subscriptions {
            let session = subscription.session
            guard !subscription.isHeld, let path = session.path else { continue }
            var asRED = false
            if packet.isRED, subscription.redPayloadType != nil {
                asRED = true
                if subscription.opusPayloadType != innerPayloadType {
                    guard
                        REDWriter.replacePayloadType(
                            innerPayloadType, by: subscription.opusPayloadType, in: payload)
                    else { continue }
                    innerPayloadType = subscription.opusPayloadType
                }
            }
            send(packet, payload: packet.isRED && !asRED ? primary : whole, asRED: asRED, to: subscription, path)
        }
    }

    private func send(
        _ packet: MediaPacket, payload: UnsafeRawBufferPointer, asRED: Bool, to subscription: Subscription,
        _ path: TransportTuple
    ) {
        let session = subscription.session
        let space = headers.bytes
        guard let header = subscription.writeHeader(for: packet, asRED: asRED, into: space) else { return }
        let batch = outgoing[session.socket]
        if batch.isFull { flush(session.socket) }
        let slot = batch.vacantSlot
        guard
            let length = session.connection.protectRTP(
                header: UnsafeRawBufferPointer(rebasing: space[..<header.length]), payload: payload, into: slot)
        else { return }
        subscription.sent(
            UnsafeRawBufferPointer(rebasing: slot[..<length]), sequenceNumber: header.sequenceNumber,
            payloadLength: payload.count)
        post(length: length, on: path, socket: session.socket, isMedia: true)
        counters.packetsForwarded &+= 1
        counters.bytesForwarded &+= UInt64(length)
    }
}
