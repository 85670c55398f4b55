import JSONRPC
import Logging
import RoomModel
import Transport
import VoiceAudio

extension VoiceEngine {
    // MARK: Encoding

    /// `setAudioConfig`: what is nil stays as it is. The bitrate changes at once; channels and frame length while the
    /// channel publishes are refused with 1000066, values out of range with 1000017 and 1003002.
    package func setAudioConfig(
        bitrateKbps: Int?, channels: PublishAudioConfig.Channels?, frameMs: Int?, channel: PublishChannel = .main
    ) async throws -> CallResult {
        try checkAlive()
        var config = audioConfig(channel: channel)
        if let bitrateKbps {
            guard (6...510).contains(bitrateKbps) else {
                throw ZegoError(.bitrateInvalid, detail: "6 to 510 kb/s, not \(bitrateKbps)")
            }
            config.bitrateKbps = bitrateKbps
        }
        if let frameMs {
            guard [5, 10, 20, 40, 60].contains(frameMs) else {
                throw ZegoError(.illegalParameter, detail: "a frame has 5, 10, 20, 40 or 60 ms, not \(frameMs)")
            }
            config.frameMs = frameMs
        }
        if let channels { config.channels = channels }
        let present = audioConfig(channel: channel)
        let isPublishing = publishers.values.contains { $0.channel == channel && !$0.isFinal }
        guard !isPublishing || (config.channels == present.channels && config.frameMs == present.frameMs) else {
            throw ZegoError(.configurationAfterEngineStarted, detail: "channels and frameMs are set before publishing")
        }
        audioConfigs[channel] = config
        if isPublishing {
            for token in publisherAudio.keys where publishers[token]?.channel == channel {
                publisherAudio[token]?.bitrate = config.bitrateKbps * 1000
            }
            audio.publisher(channel.index).setBitrate(config.bitrateKbps * 1000)
        } else if config.channels != present.channels {
            applyAudioSettings()
            await audioTail?.value
        }
        return CallResult(lastSeq: lastSeq)
    }

    /// `getAudioConfig`: of the scenario, unless it was set; for low delay with short frames, and the bits that these take.
    package func audioConfig(channel: PublishChannel = .main) -> PublishAudioConfig {
        if let config = audioConfigs[channel] { return config }
        var config = scenario.settings.audioConfig
        if configuration.isLowDelay {
            config.frameMs = 5
            config.bitrateKbps = max(config.bitrateKbps, 96)
        }
        return config
    }

    // MARK: Mute and volume

    /// Publishers of the input device send silence, and those who play them are told.
    package func muteMicrophone(_ mute: Bool) async throws -> CallResult {
        try checkAlive()
        audio.setMicrophoneMuted(mute)
        for token in publishers.keys { announceMicrophone(token) }
        return CallResult(lastSeq: lastSeq)
    }

    /// The output device gets silence.
    package func muteSpeaker(_ mute: Bool) async throws -> CallResult {
        try checkAlive()
        audio.setSpeakerMuted(mute)
        return CallResult(lastSeq: lastSeq)
    }

    /// The channel sends silence, now or as soon as it publishes, and those who play it are told.
    package func mutePublishStreamAudio(_ mute: Bool, channel: PublishChannel = .main) async throws -> CallResult {
        try checkAlive()
        if mute { mutedChannels.insert(channel) } else { mutedChannels.remove(channel) }
        audio.publisher(channel.index).setMuted(mute)
        for (token, publisher) in publishers where publisher.channel == channel {
            publishers[token]?.muted = mute
            announceMicrophone(token)
        }
        remember()
        return CallResult(lastSeq: lastSeq)
    }

    /// The stream is silent at once, and the room server stops sending it; the player stays `playing`. 1004011 for a
    /// stream that is not played.
    package func mutePlayStreamAudio(_ mute: Bool, streamID: String) async throws -> CallResult {
        let (token, slot) = try player(streamID)
        players[token]?.muted = mute
        audio.player(slot).setMuted(mute || muteAllPlayers)
        tell([])
        return CallResult(lastSeq: lastSeq)
    }

    /// Goes before the mute of the single stream, and is true of streams that are played later.
    package func muteAllPlayStreamAudio(_ mute: Bool) async throws -> CallResult {
        try checkAlive()
        muteAllPlayers = mute
        for player in players.values where !player.isFinal {
            audio.player(player.slot).setMuted(mute || player.muted)
        }
        tell([])
        return CallResult(lastSeq: lastSeq)
    }

    /// Asks the room server to send what is heard, and no more than that. WHEP has no way to ask for less.
    func holdMutedPlayers() {
        let now = MonotonicTime.now()
        var isNews = false
        for token in players.keys where players[token]?.whep == nil {
            let isMute = muteAllPlayers || players[token]?.muted == true
            if players[token]?.hold(isMute, now: now) == true { isNews = true }
        }
        guard isNews else { return }
        negotiationWanted = true
        negotiateIfNeeded()
    }

    /// 0–200, 100 is as captured; 1000017 out of range.
    package func setCaptureVolume(_ volume: Int) async throws -> CallResult {
        try checkAlive()
        try check(volume: volume)
        captureVolume = volume
        audio.setCaptureVolume(volume)
        remember()
        return CallResult(lastSeq: lastSeq)
    }

    /// 0–200, 100 is as received; 1000017 out of range, 1004011 for a stream that is not played.
    package func setPlayVolume(_ volume: Int, streamID: String) async throws -> CallResult {
        try check(volume: volume)
        let (token, slot) = try player(streamID)
        players[token]?.volume = volume
        audio.player(slot).setVolume(volume)
        remember()
        return CallResult(lastSeq: lastSeq)
    }

    /// Of every stream that is played, now and later.
    package func setAllPlayStreamVolume(_ volume: Int) async throws -> CallResult {
        try checkAlive()
        try check(volume: volume)
        allPlayersVolume = volume
        for (token, player) in players where !player.isFinal {
            players[token]?.volume = volume
            audio.player(player.slot).setVolume(volume)
        }
        remember()
        return CallResult(lastSeq: lastSeq)
    }

    private func check(volume: Int) throws(ZegoError) {
        guard (0...AudioLimits.maximumVolume).contains(volume) else {
            throw ZegoError(.illegalParameter, detail: "a volume is 0 to 200, not \(volume)")
        }
    }

    private func player(_ streamID: String) throws(ZegoError) -> (token: UInt64, slot: Int) {
        try checkAlive()
        let streamID = try StreamID(streamID)
        guard let found = players.first(where: { $0.value.streamID == streamID && !$0.value.isFinal }) else {
            throw ZegoError(.streamNotPlayed)
        }
        return (found.key, found.value.slot)
    }

    // MARK: Devices

    /// The sound devices of this machine, and those that need no card.
    package func audioDeviceList(_ type: AudioDeviceType) async throws -> DeviceListResult {
        try checkAlive()
        let direction: AudioDirection = type == .input ? .input : .output
        // ALSA's plug-ins may look around for a while.
        let devices = await Task.detached { AudioDevices.list(direction) }.value
        return DeviceListResult(
            devices: devices.map { DeviceListResult.Device(deviceID: $0.deviceID, deviceName: $0.name) },
            lastSeq: lastSeq)
    }

    /// Changes a device, during a call too; answers when it has opened. 1006001 to 1006005 when it does not: it stays the
    /// one in use, is tried again every second, and sounds as silence until then.
    package func useAudioDevice(_ type: AudioDeviceType, deviceID: String) async throws -> CallResult {
        try checkAlive()
        let status: AudioDeviceStatus
        do {
            status = try await audio.useDevice(deviceID, for: type == .input ? .input : .output)
        } catch {
            throw ZegoError(audio: error)
        }
        if let error = status.error { throw ZegoError(audio: error) }
        return CallResult(lastSeq: lastSeq)
    }

    /// What the audio system told.
    func audioEvent(_ event: AudioEvent) {
        switch event {
        case .deviceState(let status):
            tell([
                .deviceState(
                    type: status.direction == .input ? .input : .output, deviceID: status.deviceID,
                    state: status.state.rawValue, errorCode: status.error?.code.number ?? 0,
                    message: status.error?.message ?? status.note ?? "")
            ])
            if let error = status.error {
                logger.warning("\(error.message)", metadata: ["ERROR_CODE": "\(error.code.number)"])
            }
            for token in publishers.keys { announceMicrophone(token) }
        case .audioThread(let problem):
            let (name, counts) = problem.eventFields
            tell([.audioThread(problem: name, counts: counts)])
        case .sourceEnded(let channel):
            logger.info("the file of channel \(channel) has come to its end")
        case .recordingFailed(let slot, let error):
            recordingFailed(slot: slot, error)
        case .sinkFailed(let slot, let error):
            let player = players.values.first { $0.slot == slot && !$0.isFinal }
            debugError(
                error.code.number, "startPlaying", "\(player?.streamID.rawValue ?? "slot \(slot)"): \(error.message)")
        }
    }

    /// Queues a job of the audio system behind those that were queued before.
    func enqueueAudio(_ job: @escaping @Sendable (VoiceEngine) async -> Void) {
        let previous = audioTail
        audioTail = Task {
            await previous?.value
            await job(self)
        }
    }

    // MARK: Levels

    /// Turns `sound-level` events on; called again it changes the interval. 1006031 out of 100–3000 ms.
    package func startSoundLevelMonitor(intervalMs: Int = 100) async throws -> CallResult {
        try checkAlive()
        guard (100...3000).contains(intervalMs) else {
            throw ZegoError(.soundLevelIntervalInvalid, detail: "100 to 3000 ms, not \(intervalMs)")
        }
        soundLevelTask?.cancel()
        soundLevelTask = Task {
            while !Task.isCancelled {
                self.tellSoundLevels()
                try? await Task.sleep(for: .milliseconds(intervalMs))
            }
        }
        return CallResult(lastSeq: lastSeq)
    }

    package func stopSoundLevelMonitor() async throws -> CallResult {
        try checkAlive()
        soundLevelTask?.cancel()
        soundLevelTask = nil
        return CallResult(lastSeq: lastSeq)
    }

    private func tellSoundLevels() {
        guard destruction == nil else { return }
        var captured = audio.snapshot.capturedSoundLevel
        // What is published from a file or a tone is captured in its way.
        for publisher in publishers.values where publisher.state == .publishing && publisher.source != .device {
            captured = max(captured, audio.publisher(publisher.channel.index).snapshot.soundLevel)
        }
        var remote: [String: Double] = [:]
        for player in players.values where player.state == .playing {
            remote[player.streamID.rawValue] = audio.player(player.slot).snapshot.soundLevel
        }
        tell([.soundLevel(captured: captured, remote: remote)])
    }
}

extension AudioThreadProblem {
    /// The `problem` and the counts of the event.
    fileprivate var eventFields: (String, JSONObject) {
        switch self {
        case .realtimeRefused(let code): ("realtime-refused", ["errno": .integer(Int64(code))])
        case .memoryNotLocked(let code): ("memory-not-locked", ["errno": .integer(Int64(code))])
        case .xrunBurst(let count): ("xrun-burst", ["xruns": .integer(Int64(count))])
        case .recovered: ("recovered", [:])
        }
    }
}
