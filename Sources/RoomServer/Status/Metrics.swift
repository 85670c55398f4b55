import RoomModel

/// The Prometheus text of `/metrics` (exposition format 0.0.4): numbers only, no identifiers.
enum Metrics {
    static func text(
        counts: RoomServerCounts, signaling: SignalingCounters, forwarding: ForwarderStatistics,
        webhooks: WebhookCounters? = nil
    ) -> String {
        var text = PrometheusText()
        text.gauge("connections", "WebSocket connections", counts.connections)
        text.gauge("sessions", "Sessions, connected or waiting for a resume", counts.sessions)
        text.gauge("rooms", "Rooms with somebody in them", counts.rooms)
        text.gauge("users", "Users in rooms", counts.users)
        text.gauge("streams", "Published streams", counts.streams)
        text.gauge("media_transports", "ICE and DTLS sessions on the media port", forwarding.sessions)
        text.gauge("media_publications", "Sections on which a stream is published", forwarding.publishedStreams)
        text.gauge("media_subscriptions", "Sections on which a stream is played", forwarding.playedStreams)
        text.gauge(
            "media_listeners_watched", "Transports to listeners that are being measured", forwarding.listenersWatched)
        text.gauge(
            "media_listeners_limited", "Transports to listeners that take less than is wanted",
            forwarding.listenersLimited)

        text.counter("connections_total", "WebSocket connections accepted", signaling.connections)
        text.counter("messages_total", "Signalling messages received", signaling.messages)
        text.counter("faulty_messages_total", "Messages that were no valid request", signaling.faultyMessages)
        text.counter("rate_limited_total", "Connections closed for too many messages", signaling.rateLimited)
        text.counter("logins_total", "Logins to rooms", signaling.logins)
        text.counter(
            "login_failures_total", "Refused logins by error number", label: "code",
            signaling.refusedLogins.sorted { $0.key < $1.key }.map { (String($0.key), $0.value) })
        text.counter("whip_whep_sessions_total", "Clients let in by WHIP and WHEP", signaling.resources)
        text.counter(
            "whip_whep_refusals_total", "Refused WHIP and WHEP offers by error number", label: "code",
            signaling.refusedResources.sorted { $0.key < $1.key }.map { (String($0.key), $0.value) })
        text.counter("resumes_total", "Sessions resumed", signaling.resumes)
        text.counter("resume_failures_total", "Refused resumes", signaling.refusedResumes)
        text.counter("repeated_requests_total", "Requests answered from the kept replies", signaling.repeatedRequests)
        text.counter("displaced_sessions_total", "Sessions whose user logged in elsewhere", signaling.displacedSessions)
        text.counter("departures_total", "Sessions ended by the departure time-out", signaling.departures)
        text.counter("silent_connections_total", "Connections closed for silence", signaling.silentConnections)
        text.counter("negotiations_total", "Offers received", signaling.negotiations)
        text.counter("negotiation_failures_total", "Offers that could not be answered", signaling.failedNegotiations)
        text.counter("published_streams_total", "Streams published", signaling.publishedStreams)

        text.counter(
            "messages_between_users_total", "Broadcasts, barrages and commands taken", signaling.messagesBetweenUsers)
        if let webhooks {
            text.counter("webhooks_delivered_total", "Webhook events that were taken", webhooks.delivered)
            text.counter("webhook_failures_total", "Webhook requests that failed", webhooks.failures)
            text.counter("webhooks_lost_total", "Webhook events that were given up", webhooks.lost)
        }

        text.counter("media_packets_received_total", "RTP packets from publishers", forwarding.packetsReceived)
        text.counter("media_bytes_received_total", "Bytes of them", forwarding.bytesReceived)
        text.counter("media_packets_forwarded_total", "RTP packets to listeners", forwarding.packetsForwarded)
        text.counter("media_bytes_forwarded_total", "Bytes of them", forwarding.bytesForwarded)
        text.counter(
            "media_retransmissions_requested_total", "Lost RTP packets that publishers were asked for, each time",
            forwarding.retransmissionsRequested)
        text.counter(
            "media_packets_recovered_total", "RTP packets of publishers that came when asked for again",
            forwarding.packetsRecovered)
        text.counter(
            "media_packets_restored_total", "Lost RTP packets of publishers that came as copies inside later ones",
            forwarding.packetsRestored)
        text.counter(
            "media_packets_with_copies_total", "RTP packets to listeners with copies of earlier ones",
            forwarding.packetsWithCopies)
        text.counter(
            "media_packets_retransmitted_total", "RTP packets sent to listeners again", forwarding.packetsRetransmitted)
        text.counter(
            "media_retransmissions_missed_total", "RTP packets that listeners asked for too late",
            forwarding.retransmissionsMissed)
        text.counter(
            "media_arrival_reports_total", "Transport-wide feedback sent to publishers", forwarding.arrivalReports)
        text.counter(
            "media_publishers_capped_total", "Estimates sent to publishers of what the lines of their listeners take",
            forwarding.publishersCapped)
        text.counter("media_datagrams_unknown_total", "Datagrams of no session", forwarding.datagramsUnknown)
        text.counter("media_datagrams_refused_total", "Datagrams refused by a session", forwarding.datagramsRefused)
        text.counter("media_datagrams_not_sent_total", "Datagrams not taken for sending", forwarding.datagramsNotSent)
        text.counter(
            "media_hand_overs_dropped_total", "Hand-overs between workers lost", forwarding.handOversDropped)
        text.seconds("media_cpu_seconds_total", "CPU time of the media workers", forwarding.cpuNanoseconds)
        return text.lines
    }
}
