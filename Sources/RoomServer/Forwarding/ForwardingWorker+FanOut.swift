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
        counters.packetsRestored &+= UInt64(media.packet.restoredCount)
        forward(
            media.packet, payload: UnsafeRawBufferPointer(rebasing: packet[media.payload]), publication.route)
    }

    private func begin(_ publication: Publication, of session: PeerSession) {
        publication.isLive = true
        publication.route.isLive.store(true, ordering: .relaxed)
        session.events(.streamStarted(publication.route.key))
    }

    /// Hands a packet to every worker that has listeners (one message each), this one included.
    private func forward(_ packet: MediaPacket, payload: UnsafeRawBufferPointer, _ route: StreamRoute) {
        let interest = route.interest.load(ordering: .relaxed)
        var others = interest & ~(1 << UInt64(index))
        while others != 0 {
            let worker = others.trailingZeroBitCount
            others &= others - 1
            if shared.mailboxes[worker].post(packet, payload: payload) {
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

    /// Sends a packet to this worker's listeners: its own Opus packet, and before it copies of earlier ones where the
    /// listener's leg loses packets. What the copies that came with it were good for on the publisher's leg is over here.
    ///
    /// Restored packets follow it, because they are late: a receiver is to see a late packet, not a way that has become
    /// longer.
    func deliver(_ packet: MediaPacket, payload: UnsafeRawBufferPointer) {
        // Asked again here: a publisher that has since been replaced may have left packets in the mailbox, and going back
        // to it would make the listeners change twice.
        guard let group = groups[packet.route], group.route.source.load(ordering: .relaxed) == packet.source else {
            return
        }
        group.begin(packet.source)
        for index in 0..<packet.restoredCount {
            let earlier = packet.restored[index]
            group.copies.remember(
                payload.part(Int(earlier.offset), Int(earlier.length)),
                sequenceNumber: UInt16(truncatingIfNeeded: earlier.sequence), timestamp: earlier.timestamp)
        }
        let primary = payload.part(payload.count - Int(packet.primaryLength), Int(packet.primaryLength))
        let samples = OpusPacket.samples(in: primary)
        variants.begin()
        for subscription in group.subscriptions {
            guard !subscription.isHeld, let path = subscription.session.path, subscription.share.passes() else {
                continue
            }
            if let samples, let red = red(for: subscription, packet, primary, samples, group) {
                send(packet, payload: red, asRED: true, to: subscription, path)
            } else {
                send(packet, payload: primary, asRED: false, to: subscription, path)
            }
        }
        if let samples {
            group.meter.add(primary, samples: samples, hasNearCopy: packet.hasNearCopy, now: packet.arrival) {
                group.isHeldBack
            }
            group.copies.remember(
                primary, sequenceNumber: UInt16(truncatingIfNeeded: packet.sequence), timestamp: packet.timestamp)
        }
        for index in 0..<packet.restoredCount {
            let earlier = packet.restored[index]
            let content = payload.part(Int(earlier.offset), Int(earlier.length))
            let restored = packet.restored(index)
            for subscription in group.subscriptions {
                guard !subscription.isHeld, let path = subscription.session.path else { continue }
                send(restored, payload: content, asRED: false, to: subscription, path)
            }
        }
    }

    /// The payload with the copies that a listener is to get; nil: none.
    ///
    /// The copy of the packet before, when the publisher sent it along, is for everybody who can read it: a browser sends
    /// it whatever its own way loses, and who has not reported yet may need it. Farther ones, and any of a publisher that
    /// sends none, are for those whose own leg loses packets.
    private func red(
        for subscription: Subscription, _ packet: MediaPacket, _ primary: UnsafeRawBufferPointer, _ samples: Int,
        _ group: ListenerGroup
    ) -> UnsafeRawBufferPointer? {
        guard subscription.redPayloadType != nil else { return nil }
        let given: RedundancyLevel = packet.hasNearCopy ? .light : .none
        var level = max(subscription.redundancyLevel, given)
        // A stream that is rich has copies of its own weight.
        while level > given,
            (level.copies - given.copies) * primary.count > DownlinkShare.richestCopies / 8 * samples / 48_000,
            let lower = RedundancyLevel(rawValue: level.rawValue - 1)
        {
            level = lower
        }
        if level > given {
            let more = (level.copies - given.copies) * primary.count
            if !subscription.session.copyAllowance.take(more, now: packet.arrival) { level = given }
        }
        // On a way that is full none goes along that has no room, the publisher's no more than others.
        level = min(level, subscription.share.copyLimit)
        guard level != .none else { return nil }
        let payloadType = subscription.opusPayloadType
        let spacing = level > given ? subscription.copySpacing : 1
        return variants.payload(level, spacing: spacing, payloadType: payloadType) { buffer in
            group.copies.write(
                primary, sequenceNumber: UInt16(truncatingIfNeeded: packet.sequence), timestamp: packet.timestamp,
                samples: samples, level: level, spacing: spacing, payloadType: payloadType, into: buffer)
        }
    }

    private func send(
        _ packet: MediaPacket, payload: UnsafeRawBufferPointer, asRED: Bool, to subscription: Subscription,
        _ path: TransportTuple
    ) {
        let session = subscription.session
        let space = headers.bytes
        if subscription.packets == 0 { meet(session, now: packet.arrival) }
        let number = subscription.carriesNumbers ? session.downlink?.path.nextNumber : nil
        guard
            let header = subscription.writeHeader(for: packet, asRED: asRED, transportNumber: number, into: space)
        else { return }
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
        if number != nil {
            session.hearing.packetSent()
            session.downlink?.packetSent(
                stream: subscription.section, sequenceNumber: header.sequenceNumber, bytes: length, now: packet.arrival)
        }
        post(length: length, on: path, socket: session.socket, isMedia: true)
        counters.packetsForwarded &+= 1
        counters.bytesForwarded &+= UInt64(length)
        if asRED { counters.packetsWithCopies &+= 1 }
    }
}
