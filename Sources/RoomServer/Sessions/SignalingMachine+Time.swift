import RoomModel
import Transport

/// What happens because time passes.
extension SignalingMachine {
    /// Lets time pass: closes silent connections, ends sessions whose client did not come back, tells the numbers of
    /// users that are due. To be called every 250 ms or so while ``isActive``.
    package func advance(_ now: MonotonicTime) {
        displaced.expire(now)
        for link in Array(links.values) {
            guard let session = link.session else { continue }
            if now.milliseconds(since: session.lastHeard) >= Double(3 * settings.pingIntervalMs) {
                counters.silentConnections += 1
                drop(link, .silent, now: now)
            }
        }
        for session in Array(sessions.values) { checkTokens(of: session, now: now) }
        for session in Array(sessions.values) {
            if session.resource != nil {
                checkResourceMedia(of: session, now: now)
            } else if session.connection == nil,
                now.milliseconds(since: session.lastHeard) >= Double(settings.departureTimeoutMs)
            {
                counters.departures += 1
                end(session, .heartbeatTimeout, now: now)
            } else {
                checkMedia(of: session, now: now)
            }
        }
        for room in rooms.values {
            guard let told = room.toldCount else { continue }
            let elapsed = now.milliseconds(since: told.at)
            let changed = told.count != room.userCount && elapsed >= Double(SignalingSettings.countGatherMs)
            if changed || elapsed >= Double(SignalingSettings.countIntervalMs) { tellCount(of: room, now: now) }
        }
    }

    /// Tells a publisher whose transport is ready that nothing of a stream arrives.
    private func checkMedia(of session: Session, now: MonotonicTime) {
        guard let connectedAt = session.mediaConnectedAt else { return }
        for stream in session.publishing.values {
            guard case .expected(let since) = stream.media else { continue }
            let waited = now.milliseconds(since: max(since, connectedAt))
            guard waited >= Double(SignalingSettings.firstMediaTimeoutMs) else { continue }
            stream.media = .missing
            let state = PublishState(streamID: stream.key.stream, state: .gone, errorCode: .publishFailed)
            notify(session, .publishState(state))
        }
    }
}
