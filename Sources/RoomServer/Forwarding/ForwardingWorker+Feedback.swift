import MediaIO
import RTP
import Synchronization
import Transport
import WebRTC

/// RTCP, which ends at the server on both sides: what peers report, and what they are told.
extension ForwardingWorker {
    /// Reports go out about once a second; feedback for congestion control and requests for lost packets sooner.
    private static let reportMilliseconds: Int64 = 1000
    private static let feedbackMilliseconds: Int64 = 100
    /// A compound is kept below this, so that it fits into one datagram everywhere.
    private static let compoundLimit = 1100
    /// Transport-wide feedbacks in one datagram: others are nobody's that means well.
    private static let mostFeedbacks = 8

    // MARK: From the peer

    func takeFeedback(_ compound: UnsafeRawBufferPointer, of session: PeerSession, now: MonotonicTime) {
        var reader = RTCPCompoundReader(compound)
        var feedbacks = 0
        while let packet = reader.next() {
            switch packet {
            case .senderReport(let report):
                session.publication(ssrc: report.ssrc)?.senderReport(
                    report, now: now, unixNanoseconds: ServerClock.unixNanoseconds(at: now))
                take(report.reportBlocks, of: session, now: now)
            case .receiverReport(let report):
                take(report.reportBlocks, of: session, now: now)
            case .goodbye(var goodbye):
                while let ssrc = goodbye.next() {
                    if let publication = session.publication(ssrc: ssrc) { pause(publication, of: session) }
                }
            case .genericNACK(var nack):
                guard let subscription = session.subscriptionsBySSRC[nack.mediaSSRC] else { continue }
                while let number = nack.next() {
                    sendAgain(number, of: subscription, now: now)
                }
            case .transportFeedback(let feedback):
                feedbacks += 1
                guard feedbacks <= Self.mostFeedbacks else { continue }
                takeArrivals(feedback, of: session, now: now)
            case .sourceDescription, .receiverEstimate, .other:
                break
            }
        }
    }

    /// What a listener says of its leg; what a publisher is told of comes from the publisher's own packets only.
    private func take(_ blocks: RTCPReportBlocks, of session: PeerSession, now: MonotonicTime) {
        var blocks = blocks
        while let block = blocks.next() {
            guard let subscription = session.subscriptionsBySSRC[block.ssrc] else { continue }
            if subscription.report(block, now: now) { session.doubt.noteLoss(subscription.lossShare, now: now) }
            noteReport(block, of: session, now: now)
        }
    }

    private func sendAgain(_ number: UInt16, of subscription: Subscription, now: MonotonicTime) {
        guard let path = subscription.session.path, let history = subscription.history else { return }
        switch history.take(number, now: now) {
        case .packet(let bytes):
            enqueue(bytes, path: path, socket: subscription.session.socket, isMedia: true)
            counters.packetsRetransmitted &+= 1
            if subscription.sentAgain(number) {
                subscription.session.downlink?.path.packetRequested(
                    stream: subscription.section, sequenceNumber: number)
            }
        case .gone:
            counters.retransmissionsMissed &+= 1
        case .resentJustNow:
            break
        }
    }

    /// The publisher is silent or has said so.
    private func pause(_ publication: Publication, of session: PeerSession) {
        guard publication.isLive else { return }
        publication.isLive = false
        if publication.route.source.load(ordering: .relaxed) == publication.source {
            publication.route.isLive.store(false, ordering: .relaxed)
        }
        session.events(.streamStopped(publication.route.key))
    }

    /// Notes the transport-wide number of a packet, from which the publisher's congestion control learns.
    func noteArrival(
        _ packet: UnsafeRawBufferPointer, _ publication: Publication, of session: PeerSession, now: MonotonicTime
    ) {
        guard publication.extensions[.transportSequenceNumber] != nil, let header = RTPHeader(packet),
            let number = RTPHeaderExtensions(header, packet, map: publication.extensions).transportSequenceNumber
        else { return }
        session.arrivals?.record(sequenceNumber: number, arrivalNanoseconds: now.nanoseconds)
        if session.nextFeedback == .distantFuture {
            session.nextFeedback = now.advanced(byMilliseconds: Self.feedbackMilliseconds)
            schedule(session)
        }
    }

    // MARK: To the peer

    /// Sends what is due, and sets the session's next moments.
    func report(_ session: PeerSession, now: MonotonicTime) {
        if session.nextLossRequest <= now { requestLost(of: session, now: now) }
        if session.nextFeedback <= now {
            sendArrivals(of: session)
            capPublishers(of: session, now: now)
        }
        guard session.nextReport <= now else { return }
        // ±20 %, so that the reports of many sessions do not fall into one moment.
        let interval = Int64.random(
            in: Self.reportMilliseconds * 8 / 10...Self.reportMilliseconds * 12 / 10, using: &random)
        session.nextReport = Self.onGrid(now.advanced(byMilliseconds: interval))
        let silence = configuration.streamSilenceMilliseconds
        for subscription in session.subscriptions.values where subscription.settleRequests(now: now) {
            session.doubt.noteLoss(subscription.lossShare, now: now)
        }
        watchDownlink(of: session, now: now)
        for publication in session.publications.values
        where publication.isLive && now >= publication.lastArrival.advanced(byMilliseconds: silence) {
            pause(publication, of: session)
        }
        guard session.path != nil, session.connection.isConnected else { return }
        sendReceiverReport(to: session, now: now)
        capPublishers(of: session, now: now)
        sendSenderReports(to: session, now: now)
    }

    /// The next moment of a grid of 50 ms: one wake-up and one system call serve the reports of several sessions.
    private static func onGrid(_ time: MonotonicTime) -> MonotonicTime {
        let grid: Int64 = 50_000_000
        return MonotonicTime(nanoseconds: (time.nanoseconds / grid + 1) * grid)
    }

    private func sendReceiverReport(to session: PeerSession, now: MonotonicTime) {
        guard !session.publications.isEmpty else { return }
        var writer = RTCPWriter(control.bytes)
        guard writer.receiverReport(ssrc: session.reportSSRC) else { return }
        for publication in session.publications.values {
            guard let block = publication.makeReportBlock(now: now) else { continue }
            _ = writer.reportBlock(block)
        }
        guard writer.canonicalName(ssrc: session.reportSSRC, session.canonicalName) else { return }
        send(writer, to: session)
    }

    private func sendSenderReports(to session: PeerSession, now: MonotonicTime) {
        let unix = ServerClock.unixNanoseconds(at: now)
        var writer = RTCPWriter(control.bytes)
        for subscription in session.subscriptions.values where subscription.packets > 0 {
            let written =
                writer.senderReport(
                    ssrc: subscription.ssrc, ntpTime: NTPTime(unixNanoseconds: unix),
                    rtpTimestamp: subscription.timestamp(atUnixNanoseconds: unix),
                    packetCount: subscription.packets, octetCount: subscription.octets)
                && writer.canonicalName(ssrc: subscription.ssrc, session.canonicalName)
            guard written else { break }
            if writer.length > Self.compoundLimit {
                send(writer, to: session)
                writer = RTCPWriter(control.bytes)
            }
        }
        send(writer, to: session)
    }

    private func sendArrivals(of session: PeerSession) {
        session.nextFeedback = .distantFuture
        guard let media = session.publications.values.first(where: { $0.ssrc != nil })?.ssrc else { return }
        for _ in 0..<4 where session.arrivals?.hasPending == true {
            var writer = RTCPWriter(
                UnsafeMutableRawBufferPointer(rebasing: control.bytes[..<(Self.compoundLimit + 100)]))
            guard writer.receiverReport(ssrc: session.reportSSRC),
                writer.canonicalName(ssrc: session.reportSSRC, session.canonicalName),
                session.arrivals?.writeFeedback(into: &writer, senderSSRC: session.reportSSRC, mediaSSRC: media) == true
            else { return }
            counters.arrivalReports &+= 1
            send(writer, to: session)
        }
    }

    private func requestLost(of session: PeerSession, now: MonotonicTime) {
        session.nextLossRequest = .distantFuture
        for publication in session.publications.values where publication.nack {
            missing.removeAll(keepingCapacity: true)
            publication.losses.takeDue(now: now, into: &missing)
            session.nextLossRequest = min(session.nextLossRequest, publication.losses.deadline)
            guard let ssrc = publication.ssrc, !missing.isEmpty else { continue }
            counters.retransmissionsRequested &+= UInt64(missing.count)
            var writer = RTCPWriter(control.bytes)
            let written =
                writer.receiverReport(ssrc: session.reportSSRC)
                && writer.canonicalName(ssrc: session.reportSSRC, session.canonicalName)
                && missing.withUnsafeBufferPointer {
                    writer.genericNACK(senderSSRC: session.reportSSRC, mediaSSRC: ssrc, missing: $0)
                }
            if written { send(writer, to: session) }
        }
    }

    /// Tells a listener that streams end here.
    func sayGoodbye(to session: PeerSession, for subscriptions: [Subscription]) {
        guard subscriptions.contains(where: { $0.packets > 0 }) else { return }
        var writer = RTCPWriter(control.bytes)
        guard writer.receiverReport(ssrc: session.reportSSRC),
            writer.canonicalName(ssrc: session.reportSSRC, session.canonicalName)
        else { return }
        for subscription in subscriptions where subscription.packets > 0 && writer.length < Self.compoundLimit {
            _ = writer.goodbye(ssrc: subscription.ssrc)
        }
        send(writer, to: session)
    }

    func send(_ writer: RTCPWriter, to session: PeerSession) {
        guard writer.length > 0, let path = session.path else { return }
        if outgoing[session.socket].isFull { flush(session.socket) }
        let slot = outgoing[session.socket].vacantSlot
        let compound = UnsafeRawBufferPointer(rebasing: control.bytes[..<writer.length])
        guard let length = session.connection.protectRTCP(compound, into: slot) else { return }
        post(length: length, on: path, socket: session.socket, isMedia: true)
    }
}
