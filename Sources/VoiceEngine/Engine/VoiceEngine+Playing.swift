import JSONRPC
import Logging
import RoomModel
import Transport
import VoiceAudio

extension VoiceEngine {
    /// Streams that can be played at once.
    package static let maximumPlayers = 20

    /// `startPlaying`: plays a stream of any room of the application, or of a WHEP server, under the streamID that the caller
    /// gives it here. One that nobody publishes yet is waited for; one that is played already stays as it is.
    ///
    /// 1000002 without a login (unless by WHEP), 1004071 without a roomID in `multi` mode, 1004010 for a 21st stream,
    /// 1000014 to 1000016 for a streamID that is none, 1000017 for a file that cannot be made or a URL that is none,
    /// 1004003 and 1004001 when the WHEP server refuses.
    package func startPlaying(
        streamID: String, roomID: String? = nil, sink: PlaySink? = nil, bufferRange: BufferRange? = nil,
        whep: MediaEndpoint? = nil, wait: CallWait = .no
    ) async throws -> PlayResult {
        try checkAlive()
        let began = MonotonicTime.now()
        let streamID = try StreamID(streamID)
        let endpoint = try whep.map { endpoint throws(ZegoError) in try EndpointCredentials(endpoint) }
        let room = endpoint == nil ? try room(for: roomID, missing: .playRoomIDNull).roomID : nil
        if let token = try join(streamID, sink, bufferRange) { return try await playResult(token, streamID, wait) }
        let taken = Set(players.values.filter { !$0.isFinal }.map(\.slot)).union(reservedSlots)
        guard taken.count < Self.maximumPlayers,
            let slot = (0..<AudioLimits.playerSlots).first(where: { !taken.contains($0) && !stoppingSlots.contains($0) }
            )
        else { throw ZegoError(.playerCountExceeded) }

        reservedSlots.insert(slot)
        defer { reservedSlots.remove(slot) }
        let range = bufferRange.map { $0.minMs...$0.maxMs } ?? 0...AudioLimits.maximumBufferMilliseconds
        let file = try await startPlayerAudio(slot, sink ?? .device, range)
        guard (try? checkAlive()) != nil, isPresent(room) else {
            stopPlayerAudio(slot)
            throw ZegoError(.notLoggedIn)
        }
        if let token = try join(streamID, sink, bufferRange) {
            // Another call for the stream was faster.
            stopPlayerAudio(slot)
            return try await playResult(token, streamID, wait)
        }
        // What was set for all players meanwhile.
        audio.player(slot).setMuted(muteAllPlayers)
        audio.player(slot).setVolume(allPlayersVolume)

        tell(forgetFailedPlayer(streamID))
        let token = nextToken
        nextToken += 1
        let player = Player(
            streamID: streamID, roomID: room, whep: endpoint?.url.origin, slot: slot, sink: sink ?? .device,
            volume: allPlayersVolume, muted: false, isConnected: room != nil && isMediaConnected, schedule: schedule,
            now: began)
        players[token] = player
        openFiles[token] = file
        endpoints[token] = endpoint
        tell([player.stateEvent])
        negotiateIfNeeded()
        serveEndpoints()
        return try await playResult(token, streamID, wait)
    }

    /// The player that plays a stream already, with these bounds from now on. 1000017 when it plays into something else.
    private func join(
        _ streamID: StreamID, _ sink: PlaySink?, _ bufferRange: BufferRange?
    ) throws(ZegoError) -> UInt64? {
        guard let (token, player) = players.first(where: { $0.value.streamID == streamID && !$0.value.isFinal }) else {
            return nil
        }
        guard sink == nil || sink == player.sink else {
            throw ZegoError(
                .illegalParameter,
                detail: "\(streamID.rawValue) plays into \(player.sink.words) already; stopPlaying, then another sink")
        }
        if let bufferRange { audio.player(player.slot).setBufferRange(bufferRange.minMs...bufferRange.maxMs) }
        return token
    }

    private func playResult(_ token: UInt64, _ streamID: StreamID, _ wait: CallWait) async throws -> PlayResult {
        guard case .seconds(let seconds) = wait else {
            return PlayResult(
                streamID: streamID.rawValue, state: players[token]?.state ?? .playRequesting,
                file: openFiles[token]?.name, lastSeq: lastSeq)
        }
        return try await self.wait(seconds: seconds) { engine in engine.playOutcome(token, streamID) }
    }

    private func playOutcome(_ token: UInt64, _ streamID: StreamID) -> Result<PlayResult, any Error>? {
        guard let player = players[token], !(player.isFinal && player.errorCode == 0) else {
            return .failure(ZegoError(.playFailed, detail: "stopped before it was played"))
        }
        switch player.state {
        case .playRequesting: return nil
        case .playing:
            return
                .success(
                    PlayResult(
                        streamID: streamID.rawValue, state: .playing, file: openFiles[token]?.name, lastSeq: lastSeq))
        case .noPlay: return .failure(Self.error(player.errorCode, player.reason))
        }
    }

    /// `stopPlaying`; answers when the file, if it has one, is complete. 1004011 for a stream that is not played.
    package func stopPlaying(streamID: String) async throws -> CallResult {
        try checkAlive()
        let streamID = try StreamID(streamID)
        guard let token = players.first(where: { $0.value.streamID == streamID })?.key, let player = players[token]
        else { throw ZegoError(.streamNotPlayed) }
        if player.isAcceptedByServer, player.roomID != nil { post(StopPlayRequest(streamID: streamID)) }
        tell((players[token]?.stopped() ?? []) + forgetFailedPlayer(streamID))
        let result = CallResult(lastSeq: lastSeq)
        releaseEnded()
        negotiateIfNeeded()
        await endpointsEnd([token])
        await audioTail?.value
        return result
    }

    /// A failure stays visible until somebody stops or starts it again: then `no-play` with 0 says that it is gone.
    private func forgetFailedPlayer(_ streamID: StreamID) -> [EngineEvent] {
        guard let token = players.first(where: { $0.value.streamID == streamID })?.key, let player = players[token],
            player.isFinal, player.errorCode != 0
        else { return [] }
        players[token] = nil
        released.remove(token)
        return [.playerState(streamID: streamID.rawValue, state: .noPlay, errorCode: 0, extendedData: [:])]
    }

    /// `playState` of the server: a stream came, went, or is served no more.
    func playStateChanged(_ state: PlayState) {
        guard state.state == .gone,
            let token = players.first(where: { $0.value.streamID == state.streamID && $0.value.roomID != nil })?.key
        else { return }
        let now = MonotonicTime.now()
        if state.errorCode == .success {
            tell(players[token]?.streamEnded(now: now) ?? [])
        } else {
            tell(players[token]?.refused(state.errorCode.number, now: now, random: &random) ?? [])
        }
        releaseEnded()
        negotiateIfNeeded()
    }

    // MARK: The sound

    private func startPlayerAudio(
        _ slot: Int, _ sink: PlaySink, _ range: ClosedRange<Int>
    ) async throws -> OpenedFile? {
        var file: OpenedFile?
        if case .file(let path, let isNumbered) = sink {
            file = try files.createForWriting(path, existing: isNumbered ? .number : .refuse)
        }
        let sound = PlayerAudio(
            sink: file.map { .file(path: $0.path) } ?? .device, bufferRange: range, volume: allPlayersVolume,
            isMuted: muteAllPlayers)
        // The channels of the mix may be changing.
        await audioTail?.value
        do {
            try await audio.player(slot).start(sound)
        } catch {
            throw ZegoError(audio: error, file: file)
        }
        return file
    }

    /// Stops a slot, which is not used again before that is done.
    func stopPlayerAudio(_ slot: Int) {
        let handle = audio.player(slot)
        stoppingSlots.insert(slot)
        enqueueAudio { engine in
            await handle.stop()
            await engine.slotStopped(slot)
        }
    }

    private func slotStopped(_ slot: Int) { stoppingSlots.remove(slot) }

    // MARK: The end of streams

    /// Ends what is published and played in a room.
    ///
    /// - Parameter errorCode: 0 for a logout, the room's for a failure, nil when the retry window ran out.
    func endStreams(of roomID: RoomID, errorCode: Int?) -> [EngineEvent] {
        var events: [EngineEvent] = []
        for token in publishers.keys.sorted() where publishers[token]?.roomID == roomID {
            let code = errorCode ?? ZegoErrorCode.publishRetryTimeout.number
            events += (code == 0 ? publishers[token]?.stopped() : publishers[token]?.failed(code)) ?? []
        }
        for token in players.keys.sorted() where players[token]?.roomID == roomID {
            let code = errorCode ?? ZegoErrorCode.playFailed.number
            events += (code == 0 ? players[token]?.stopped() : players[token]?.failed(code)) ?? []
        }
        return events
    }

    /// Ends what goes to WHIP and comes from WHEP servers.
    func endStreamsOfEndpoints() {
        var events: [EngineEvent] = []
        for token in publishers.keys.sorted() where publishers[token]?.whip != nil {
            events += publishers[token]?.stopped() ?? []
        }
        for token in players.keys.sorted() where players[token]?.whep != nil {
            events += players[token]?.stopped() ?? []
        }
        tell(events)
        releaseEnded()
    }

    /// Lets go of the sound and the sections of streams that have ended. Those that failed stay visible.
    func releaseEnded() {
        for (token, publisher) in publishers where publisher.isFinal {
            let handle = audio.publisher(publisher.channel.index)
            if release(token) { enqueueAudio { _ in await handle.stop() } }
            if publisher.errorCode == 0 {
                streamExtraInfos[publisher.channel] = nil
                publishers[token] = nil
                released.remove(token)
            }
        }
        for (token, player) in players where player.isFinal {
            if release(token) { stopPlayerAudio(player.slot) }
            if player.errorCode == 0 {
                players[token] = nil
                released.remove(token)
            }
        }
        remember()
    }

    /// True the first time.
    private func release(_ token: UInt64) -> Bool {
        guard !released.contains(token) else { return false }
        released.insert(token)
        negotiationWanted = true
        stopEndpoint(token)
        publisherAudio[token] = nil
        announcedMicrophones[token] = nil
        announcedExtraInfos[token] = nil
        // The audio system has the file open by itself; it is done with the name.
        openFiles[token] = nil
        return true
    }

    /// Streams that failed are forgotten at the next login.
    func forgetEnded() {
        publishers = publishers.filter { !$0.value.isFinal }
        players = players.filter { !$0.value.isFinal }
        released = []
    }
}
