import RTP
import Synchronization
import Transport
import WebRTC

/// What the ways to listeners take, and what publishers are told of it.
extension ForwardingWorker {
    // MARK: The doubt

    /// The first packet of a stream goes to a peer.
    func meet(_ session: PeerSession, now: MonotonicTime) {
        session.doubt.introduce(now: now)
        if session.downlink == nil { watchDownlink(of: session, now: now) }
    }

    /// Begins or ends the numbering of what goes to a peer.
    func watchDownlink(of session: PeerSession, now: MonotonicTime) {
        if let downlink = session.downlink {
            switch session.hearing.verdict(now: now) {
            case .answers: if downlink.path.limit != nil { session.doubt.raise(now: now) }
            case .isCutOff:
                // Nobody is held back for it any more. When it is heard again it is known anew what the way takes.
                session.doubt.raise(now: now)
                forgetDownlink(of: session)
            case .isDeaf: session.doubt.becomeDeaf(now: now)
            }
        }
        guard session.doubt.holds(now: now) else { return forgetDownlink(of: session) }
        guard session.downlink == nil, !session.numberedSubscriptions.isEmpty else { return }
        session.downlink = session.spareDownlink ?? makeDownlink(of: session)
        session.spareDownlink = nil
        session.hearing.begin(now: now)
    }

    /// The peer has another stream: memory is taken now rather than with the first packet.
    func makeRoom(of session: PeerSession) {
        guard !session.numberedSubscriptions.isEmpty else { return }
        if let downlink = session.downlink ?? session.spareDownlink {
            downlink.path.makeRoom(streams: session.subscriptions.count)
        } else if !session.doubt.isIntroduced {
            session.spareDownlink = makeDownlink(of: session)
        }
    }

    private func makeDownlink(of session: PeerSession) -> Downlink {
        Downlink(firstNumber: session.transportNumber, streams: session.subscriptions.count)
    }

    /// The peer is reached another way: nothing is known of it.
    func downlinkChanged(of session: PeerSession, now: MonotonicTime) {
        forgetDownlink(of: session)
        session.doubt = DownlinkDoubt()
        if session.subscriptions.values.contains(where: { $0.packets > 0 }) { meet(session, now: now) }
    }

    /// The way is beyond doubt.
    private func forgetDownlink(of session: PeerSession) {
        guard let downlink = session.downlink else { return }
        session.transportNumber = downlink.path.nextNumber
        session.downlink = nil
        for subscription in session.subscriptions.values where subscription.share.isLimited {
            subscription.share = DownlinkShare()
            updateTally(for: subscription)
        }
    }

    /// A listener's report about a stream.
    func noteReport(_ block: RTCPReportBlock, of session: PeerSession, now: MonotonicTime) {
        let arrival = NTPTime(unixNanoseconds: ServerClock.unixNanoseconds(at: now))
        if let roundTrip = block.roundTripNanoseconds(arrival: arrival) {
            session.doubt.noteRoundTrip(roundTrip, now: now)
        }
        if session.downlink == nil { watchDownlink(of: session, now: now) }
    }

    // MARK: The estimate

    /// A listener's transport-wide feedback.
    func takeArrivals(_ feedback: TransportFeedback, of session: PeerSession, now: MonotonicTime) {
        guard let downlink = session.downlink else { return }
        session.hearing.feedbackArrived(now: now)
        downlink.path.take(feedback) { section, isLost in
            for subscription in session.subscriptions.values where subscription.section == section {
                subscription.packet(isLost: isLost, now: now)
            }
        }
        var (split, isKnown) = (DownlinkSplit(), true)
        for subscription in session.numberedSubscriptions {
            if subscription.settleArrivals(now: now) { session.doubt.noteLoss(subscription.lossShare, now: now) }
            guard !subscription.isHeld, let meter = groups[subscription.route.number]?.meter else { continue }
            if let stream = stream(of: subscription, meter, now: now) {
                split.add(stream, level: subscription.redundancyLevel)
            } else if meter.isActive(now: now) {
                isKnown = false
            }
        }
        // What all want is known half a second after another has begun; until then the estimate stays as it is.
        guard isKnown, split.demand > 0 else { return }
        let isNew = downlink.path.settle(demand: split.demand, least: split.bottom, nowNanoseconds: now.nanoseconds)
        if isNew || downlink.path.limit != nil { share(downlink.path.limit, split, of: session, now: now) }
    }

    /// Nil before the stream's first half second.
    private func stream(
        of subscription: Subscription, _ meter: StreamMeter, now: MonotonicTime
    ) -> DownlinkShare.Stream? {
        guard let present = meter.present, let free = meter.free else { return nil }
        var stream = DownlinkShare.Stream(present: present, free: free)
        stream.channels = meter.isStereo ? 2 : 1
        stream.hasNearCopies = meter.hasNearCopies
        stream.listeners = subscription.route.tally.count
        stream.takesEstimates = subscription.route.takesEstimates.load(ordering: .relaxed)
        stream.takesCopies = subscription.redPayloadType != nil
        stream.isActive = meter.isActive(now: now) && subscription.route.isLive.load(ordering: .relaxed)
        return stream
    }

    /// Gives each stream its part of what the way takes.
    private func share(_ limit: Double?, _ split: DownlinkSplit, of session: PeerSession, now: MonotonicTime) {
        for subscription in session.numberedSubscriptions where !subscription.isHeld {
            guard let meter = groups[subscription.route.number]?.meter,
                let stream = stream(of: subscription, meter, now: now)
            else { continue }
            let before = subscription.share.ask
            let level = subscription.redundancyLevel
            subscription.settleShare(
                budget: limit.map { split.budget(of: stream, level: level, limit: $0) }, stream)
            if subscription.share.ask != before { updateTally(for: subscription) }
        }
    }

    // MARK: The publisher

    /// Takes into account what has changed of a listener.
    func updateTally(for subscription: Subscription) {
        groups[subscription.route.number]?.count(subscription)
        updateTally(of: subscription.route)
    }

    /// Tells all workers how many listeners a stream has here, and what they can take of it.
    func updateTally(of route: StreamRoute) {
        route.setTally(groups[route.number]?.tally ?? ListenerTally(), ofWorker: index)
    }

    /// Tells publishers what the lines of their listeners take, where that is due.
    func capPublishers(of session: PeerSession, now: MonotonicTime) {
        for publication in session.publications.values where publication.receiverEstimate {
            guard let ssrc = publication.ssrc, publication.route.source.load(ordering: .relaxed) == publication.source,
                let bitrate = publication.cap.due(publication.route.tally.ask, now: now)
            else { continue }
            var writer = RTCPWriter(control.bytes)
            let written =
                writer.receiverReport(ssrc: session.reportSSRC)
                && writer.canonicalName(ssrc: session.reportSSRC, session.canonicalName)
                && writer.receiverEstimate(senderSSRC: session.reportSSRC, mediaSSRC: ssrc, bitrate: bitrate)
            guard written else { continue }
            if bitrate < PublisherCap.none { counters.publishersCapped &+= 1 }
            send(writer, to: session)
        }
    }
}
