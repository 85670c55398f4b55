import RoomModel
import Synchronization
import Transport
import VoiceAudio

// Quality: figures every three seconds for each stream, and every two for the network.
extension VoiceEngine {
    func startFigures() {
        figuresTask = Task {
            var second = 0
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                if Task.isCancelled { return }
                second += 1
                let statistics = await self.media.statistics()
                self.noteDelays(statistics)
                if second % 3 == 0 { self.tellQuality(statistics) }
                self.beginFigures(statistics)
                if second % 2 == 0 { self.tellNetworkQuality() }
            }
        }
    }

    private func tellQuality(_ statistics: MediaStatistics) {
        let now = MonotonicTime.now()
        var events: [EngineEvent] = []
        for token in publishers.keys.sorted() {
            guard let publisher = publishers[token], publisher.state == .publishing, let sent = statistics.sent[token],
                figures.knows(token)
            else { continue }
            let quality = figures.publisher(token, sent, at: now)
            publishers[token]?.quality = quality
            events.append(.publisherQuality(streamID: publisher.streamID.rawValue, quality: quality))
        }
        let playbackDelay = audio.snapshot.playbackDelay ?? 0
        for token in players.keys.sorted() {
            guard let player = players[token], player.state == .playing, let received = statistics.received[token],
                figures.knows(token)
            else { continue }
            let quality = figures.player(
                token, received, audio.player(player.slot).snapshot, isHeld: player.isHeld,
                playbackDelayMs: playbackDelay, at: now)
            players[token]?.quality = quality
            events.append(.playerQuality(streamID: player.streamID.rawValue, quality: quality))
        }
        figures.keep(Set(publishers.keys).union(players.keys))
        if !events.isEmpty { tell(events) }
    }

    /// New streams get a first reading, so that their first quality is that of an interval too.
    private func beginFigures(_ statistics: MediaStatistics) {
        let now = MonotonicTime.now()
        for (token, publisher) in publishers where publisher.state == .publishing {
            if let sent = statistics.sent[token] { figures.begin(token, sent, at: now) }
        }
        for (token, player) in players where player.state == .playing {
            guard let received = statistics.received[token] else { continue }
            figures.begin(token, received, audio.player(player.slot).snapshot, at: now)
        }
    }

    private func tellNetworkQuality() {
        let publishing = publishers.values.filter { $0.state == .publishing }
        let playing = players.values.filter { $0.state == .playing }
        guard !publishing.isEmpty || !playing.isEmpty else { return }
        let upstream = publishing.compactMap(\.quality).map { quality in
            EModel.meanOpinionScore(
                lossRate: quality.packetLostRate, burstRatio: 1, oneWayDelayMs: (quality.rttMs ?? 0) / 2)
        }
        let downstream = playing.compactMap { $0.quality?.mos }
        tell([
            .networkQuality(
                userID: "", upstream: QualityLevel(mos: upstream.min()), downstream: QualityLevel(mos: downstream.min())
            )
        ])
    }

    /// Where the time of a voice goes: the slowest encoder of the publishers, the player that waits longest.
    private func noteDelays(_ statistics: MediaStatistics) {
        let encoding = publishers.values.filter { $0.state == .publishing }.map {
            audio.publisher($0.channel.index).snapshot.encodeDelay
        }
        let slowest = players.values.filter { $0.state == .playing }.map { audio.player($0.slot).snapshot }.filter {
            $0.packetsReceived > 0
        }.max { $0.bufferDelay < $1.bufferDelay }
        var sending = SendingFigures()
        sending.pathBitrate = statistics.pathBitrate
        for (token, publisher) in publishers where publisher.state == .publishing {
            guard let sent = statistics.sent[token] else { continue }
            sending.copies = max(sending.copies, sent.copies)
            sending.packetsWithCopies &+= sent.withCopies
            if let bitrate = sent.listenerBitrate {
                sending.listenerBitrate = min(sending.listenerBitrate ?? .max, bitrate)
            }
            if sent.targetBitrate > 0 {
                sending.targetBitrate = min(sending.targetBitrate ?? .max, sent.targetBitrate)
            }
        }
        memory.withLock { [sending, slowest] memory in
            memory.network.sending = sending
            memory.audio.delayMs.encode = encoding.max()
            memory.audio.delayMs.buffer = slowest.map { $0.bufferDelay - $0.decodeDelay }
            memory.audio.delayMs.decode = slowest?.decodeDelay
            memory.audio.delayMs.network = statistics.roundTripNanoseconds.map { Double($0) / 2e6 }
            memory.network.datagramsDropped = statistics.datagramsDropped
            memory.network.retransmissions = statistics.retransmissions
        }
    }
}
