import JSONRPC
import Logging
import RoomModel
import Transport
import VoiceAudio

extension VoiceEngine {
    /// `startPublishing`: publishes a stream into a room, going on by itself when a login that is under way is done; or to
    /// a WHIP server, under the streamID that the caller gives it here.
    ///
    /// 1000002 without a login (unless by WHIP), 1003071 without a roomID in `multi` mode, 1003023 for a channel that
    /// publishes already, 1000014 to 1000016 for a streamID that is none, 1000017 for a file that cannot be used or a URL
    /// that is none, 1003028 when somebody else publishes the stream, 1003072 and 1003001 when the WHIP server refuses.
    package func startPublishing(
        streamID: String, channel: PublishChannel = .main, roomID: String? = nil, source: PublishSource = .device,
        whip: MediaEndpoint? = nil, wait: CallWait = .seconds(20)
    ) async throws -> PublishResult {
        try checkAlive()
        let began = MonotonicTime.now()
        let streamID = try StreamID(streamID)
        let endpoint = try whip.map { endpoint throws(ZegoError) in try EndpointCredentials(endpoint) }
        let room = endpoint == nil ? try room(for: roomID, missing: .publishRoomIDNull).roomID : nil
        let active = publishers.values.filter { !$0.isFinal }
        guard !active.contains(where: { $0.channel == channel }), !reservedChannels.contains(channel) else {
            throw ZegoError(.alreadyPublishing, detail: "channel \(channel.rawValue)")
        }
        try checkIsUnpublished(streamID)

        reservedChannels.insert(channel)
        let file: OpenedFile?
        do {
            file = try await open(source)
        } catch {
            reservedChannels.remove(channel)
            throw error
        }
        reservedChannels.remove(channel)
        try checkAlive()
        // Another call for the stream may have come meanwhile.
        try checkIsUnpublished(streamID)
        guard isPresent(room) else { throw ZegoError(.notLoggedIn) }

        tell(forgetFailedPublishers { $0.channel == channel || $0.streamID == streamID })
        let token = nextToken
        nextToken += 1
        var publisher = Publisher(
            streamID: streamID, channel: channel, roomID: room, whip: endpoint?.url.origin, source: source,
            isConnected: room != nil && isMediaConnected, schedule: schedule, now: began)
        publisher.muted = mutedChannels.contains(channel)
        publishers[token] = publisher
        openFiles[token] = file
        publisherAudio[token] = publisherAudio(source, file, channel)
        endpoints[token] = endpoint
        tell([publisher.stateEvent])
        negotiateIfNeeded()
        serveEndpoints()
        guard case .seconds(let seconds) = wait else {
            return PublishResult(
                streamID: streamID.rawValue, channel: channel, state: .publishRequesting, lastSeq: lastSeq)
        }
        return try await self.wait(seconds: seconds) { engine in engine.publishOutcome(token, streamID, channel) }
    }

    private func checkIsUnpublished(_ streamID: StreamID) throws(ZegoError) {
        guard !publishers.values.contains(where: { $0.streamID == streamID && !$0.isFinal }) else {
            throw ZegoError(.repetitivePublishStream)
        }
    }

    private func publishOutcome(
        _ token: UInt64, _ streamID: StreamID, _ channel: PublishChannel
    ) -> Result<PublishResult, any Error>? {
        guard let publisher = publishers[token], !(publisher.isFinal && publisher.errorCode == 0) else {
            return .failure(ZegoError(.publishFailed, detail: "stopped before it was published"))
        }
        switch publisher.state {
        case .publishRequesting: return nil
        case .publishing:
            return .success(
                PublishResult(
                    streamID: streamID.rawValue, channel: channel, state: .publishing, lastSeq: lastSeq))
        case .noPublish: return .failure(Self.error(publisher.errorCode, publisher.reason))
        }
    }

    /// `stopPublishing` of a channel. That nothing is published there is no error.
    package func stopPublishing(channel: PublishChannel = .main) async throws -> CallResult {
        try checkAlive()
        return await stopPublishers { $0.channel == channel }
    }

    /// `stopPublishing` of the channel that publishes this stream. That none does is no error.
    package func stopPublishing(streamID: String) async throws -> CallResult {
        try checkAlive()
        let streamID = try StreamID(streamID)
        return await stopPublishers { $0.streamID == streamID }
    }

    private func stopPublishers(_ isMeant: (Publisher) -> Bool) async -> CallResult {
        var events: [EngineEvent] = []
        let tokens = publishers.keys.filter { publishers[$0].map(isMeant) ?? false }.sorted()
        for token in tokens {
            guard let publisher = publishers[token] else { continue }
            if publisher.isAcceptedByServer, publisher.roomID != nil {
                post(UnpublishRequest(streamID: publisher.streamID))
            }
            events += publishers[token]?.stopped() ?? []
        }
        events += forgetFailedPublishers(isMeant)
        tell(events)
        let result = CallResult(lastSeq: lastSeq)
        releaseEnded()
        negotiateIfNeeded()
        await endpointsEnd(tokens)
        await audioTail?.value
        return result
    }

    /// Whether a stream has somewhere to go: its room is not over, or it goes to no room.
    func isPresent(_ roomID: RoomID?) -> Bool {
        guard let roomID else { return true }
        return rooms.contains { $0.roomID == roomID && !$0.reason.isFinal }
    }

    /// A failure stays visible until somebody stops or starts there again: then `no-publish` with 0 says that it is gone.
    private func forgetFailedPublishers(_ isMeant: (Publisher) -> Bool) -> [EngineEvent] {
        var events: [EngineEvent] = []
        for token in publishers.keys.sorted() {
            guard let publisher = publishers[token], publisher.isFinal, publisher.errorCode != 0, isMeant(publisher)
            else { continue }
            publishers[token] = nil
            released.remove(token)
            events.append(
                .publisherState(
                    streamID: publisher.streamID.rawValue, state: .noPublish, errorCode: 0, extendedData: [:]))
        }
        return events
    }

    /// `publishState` of the server: what reached it, or why it serves the stream no more.
    func publishStateChanged(_ state: PublishState) {
        guard state.state == .gone,
            let token = publishers.first(where: { $0.value.streamID == state.streamID && $0.value.roomID != nil })?.key
        else { return }
        let now = MonotonicTime.now()
        if state.errorCode == .publishFailed || state.errorCode == .success {
            // Nothing reached the server: ask anew.
            tell(publishers[token]?.forgotten(now: now) ?? [])
        } else {
            tell(publishers[token]?.refused(state.errorCode.number, now: now, random: &random) ?? [])
        }
        releaseEnded()
        negotiateIfNeeded()
    }

    // MARK: The sound

    /// Opens the file of a source and looks whether it is one that can be played.
    private func open(_ source: PublishSource) async throws -> OpenedFile? {
        switch source {
        case .device, .silence: return nil
        case .tone(let hertz):
            guard (20...20_000).contains(hertz) else {
                throw ZegoError(.illegalParameter, detail: "a tone has 20 to 20000 Hz, not \(hertz)")
            }
            return nil
        case .file(let path, _):
            let file = try files.openForReading(path)
            do {
                try await Task.detached { try AudioDevices.probe("file:\(file.path)", for: .input) }.value
            } catch let error as AudioError {
                throw ZegoError(audio: error, file: file)
            }
            return file
        }
    }

    private func publisherAudio(_ source: PublishSource, _ file: OpenedFile?, _ channel: PublishChannel)
        -> PublisherAudio
    {
        let config = audioConfig(channel: channel)
        let kind: PublisherAudio.Source =
            switch source {
            case .device: .device
            case .silence: .silence
            case .tone(let hertz): .tone(hertz: hertz)
            case .file(let path, let loop): .file(path: file?.path ?? path, loop: loop)
            }
        let isMusic = scenario.settings.isMusic || config.channels == .stereo
        return PublisherAudio(
            source: kind, bitrate: config.bitrateKbps * 1000, channels: config.channels.count,
            frameMilliseconds: config.frameMs,
            application: configuration.isLowDelay ? .lowDelay : isMusic ? .music : .voice,
            isDiscontinuous: configuration.isDiscontinuous && !isMusic)
    }

    /// Publishers that have just become `publishing` get their sound now and not earlier, so that nothing of a file is
    /// lost on the way.
    func startPublishersAudio() {
        for (token, publisher) in publishers where publisher.state == .publishing {
            announceMicrophone(token)
            guard let sound = publisherAudio.removeValue(forKey: token) else { continue }
            let channel = publisher.channel
            let handle = audio.publisher(channel.index)
            enqueueAudio { engine in
                do throws(AudioError) {
                    try await handle.start(sound)
                    handle.setMuted(await engine.mutedChannels.contains(channel))
                } catch {
                    await engine.publisherSoundFailed(token, error)
                }
            }
        }
    }

    private func publisherSoundFailed(_ token: UInt64, _ error: AudioError) {
        debugError(ZegoErrorCode.publishFailed.number, "startPublishing", error.message)
        tell(publishers[token]?.failed(ZegoErrorCode.publishFailed.number) ?? [])
        releaseEnded()
        negotiateIfNeeded()
    }

    /// Tells those of its room who play a stream what its microphone does.
    func announceMicrophone(_ token: UInt64) {
        guard let publisher = publishers[token], publisher.isAcceptedByServer, publisher.roomID != nil else { return }
        let snapshot = audio.snapshot
        var state = MicrophoneState.open
        if publisher.muted || (publisher.source == .device && snapshot.isMicrophoneMuted) {
            state = .mute
        } else if publisher.source == .device, let error = snapshot.input.error {
            state = error.microphoneState
        }
        guard announcedMicrophones[token] ?? .open != state else { return }
        announcedMicrophones[token] = state
        post(MuteRequest(streamID: publisher.streamID, state: state))
    }
}
