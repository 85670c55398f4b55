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
            if downlink.isDeaf(now: now) {
                session.doubt.becomeDeaf(now: now)
            } else if downlink.path.limit != nil {
                session.doubt.raise(now: now)
            }
            if !session.doubt.holds(now: now) { forgetDownlink(of: session) }
        } else if session.doubt.holds(now: now), !session.numberedSubscriptions.isEmpty {
            session.downlink = Downlink(firstNumber: session.transportNumber, now: now)
        }
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
            updateTally(of: subscription.route)
        }
    }

    /// A listener's report about a stream.
    func noteReport(_ block: RTCPReportBlock, of subscription: Subscription, _ session: PeerSession, now: MonotonicTime)
    {
        session.doubt.noteLoss(subscription.lossShare, now: now)
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
        downlink.feedbackArrived(now: now)
        downlink.path.take(feedback) { section, isLost in
            for subscription in session.subscriptions.values where subscription.section == section {
                subscription.packet(isLost: isLost, now: now)
            }
        }
        var (demand, least) = (0, 0)
        for subscription in session.numberedSubscriptions {
            subscription.settleArrivals(now: now)
            session.doubt.noteLoss(subscription.lossShare, now: now)
            guard let stream = stream(of: subscription) else { continue }
            demand += stream.demand(level: subscription.redundancyLevel)
            least += stream.least
        }
        guard demand > 0 else { return }
        let isNew = downlink.path.settle(demand: demand, least: least, nowNanoseconds: now.nanoseconds)
        if isNew || downlink.path.limit != nil { share(downlink.path.limit, demand: demand, of: session) }
    }

    /// Nil before the stream's first half second.
    private func stream(of subscription: Subscription) -> DownlinkShare.Stream? {
        guard !subscription.isHeld, let meter = groups[subscription.route.number]?.meter, let present = meter.present,
            let free = meter.free
        else { return nil }
        var stream = DownlinkShare.Stream(present: present, free: free)
        stream.channels = meter.isStereo ? 2 : 1
        stream.hasNearCopies = meter.hasNearCopies
        stream.listeners = subscription.route.tally.count
        stream.takesEstimates = subscription.route.takesEstimates.load(ordering: .relaxed)
        stream.takesCopies = subscription.redPayloadType != nil
        return stream
    }

    /// Gives each stream its part of what the way takes: as its part of what all want.
    private func share(_ limit: Double?, demand: Int, of session: PeerSession) {
        for subscription in session.numberedSubscriptions {
            guard let stream = stream(of: subscription) else { continue }
            let part = Double(stream.demand(level: subscription.redundancyLevel)) / Double(demand)
            let before = subscription.share.ask
            subscription.settleShare(budget: limit.map { Int($0 * part) }, stream)
            if subscription.share.ask != before { updateTally(of: subscription.route) }
        }
    }

    // MARK: The publisher

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
