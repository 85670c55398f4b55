import RoomModel
import Synchronization
import Transport
import VoiceAudio

extension EngineConfiguration {
    /// The `[audio]` section as the audio system takes it.
    var audioConfiguration: AudioConfiguration {
        AudioConfiguration(
            input: audioInput, output: audioOutput, periodMilliseconds: periodMs, realtimePriority: realtimePriority,
            inputChannels: scenario.settings.channels.count, outputChannels: scenario.settings.channels.count,
            processing: processing(of: scenario).captureProcessing, isLowDelay: isLowDelay)
    }
}

extension EngineSnapshot {
    /// Of an engine that was just made.
    init(configuration: EngineConfiguration) {
        self.init(
            state: .created, appID: configuration.appID, server: configuration.serverName ?? configuration.server,
            scenario: configuration.scenario, roomMode: configuration.roomMode, rooms: [], publishers: [], players: [],
            audio: Audio(
                input: Device(
                    deviceID: configuration.audioInput, state: AudioDeviceState.closed.rawValue, errorCode: 0),
                output: Device(
                    deviceID: configuration.audioOutput, state: AudioDeviceState.closed.rawValue, errorCode: 0),
                realtime: false, periodMs: Double(configuration.audioConfiguration.periodFrames) / 48, xruns: 0,
                muteMicrophone: false, muteSpeaker: false,
                captureVolume: 100, processing: configuration.processing(of: configuration.scenario),
                delayMs: Audio.Delay(),
                audioThreadTurns: 0),
            recordings: [],
            network: Network(
                local: "", remote: "", ice: "new", relay: false, datagramsDropped: 0, mediaThreadTurns: 0), lastSeq: 0)
    }
}

extension VoiceEngine {
    /// Everything that `status` shows, at once and from any thread.
    package nonisolated func snapshot() -> EngineSnapshot {
        var snapshot = memory.withLock { $0 }
        let sound = audio.snapshot
        snapshot.audio.input = EngineSnapshot.Device(sound.input)
        snapshot.audio.output = EngineSnapshot.Device(sound.output)
        snapshot.audio.realtime = sound.isRealtime
        snapshot.audio.xruns = sound.xruns
        snapshot.audio.muteMicrophone = sound.isMicrophoneMuted
        snapshot.audio.muteSpeaker = sound.isSpeakerMuted
        snapshot.audio.audioThreadTurns = sound.heartbeat
        snapshot.audio.lateBlocks = sound.lateBlocks
        snapshot.audio.delayMs.capture = sound.captureDelay
        snapshot.audio.delayMs.playback = sound.playbackDelay
        snapshot.network.mediaThreadTurns = media.heartbeat
        return snapshot
    }

    /// Writes down what ``snapshot()`` is to show from now on.
    func remember() {
        let rooms = rooms.map(\.snapshot)
        let publishers = publishers.sorted { $0.value.channel.index < $1.value.channel.index }.map(\.value.snapshot)
        let players = players.sorted { $0.key < $1.key }.map { _, player in
            var snapshot = player.snapshot
            snapshot.muted = player.muted || muteAllPlayers
            return snapshot
        }
        let path = path
        let recordings = recordings.filter { $0.handle != nil }.map {
            EngineSnapshot.Recording(path: $0.path, type: $0.type)
        }
        memory.withLock { [state, scenario, captureVolume, processing, iceState] memory in
            memory.state = state
            memory.scenario = scenario
            memory.recordings = recordings
            memory.audio.processing = processing
            memory.rooms = rooms
            memory.publishers = publishers
            memory.players = players
            memory.audio.captureVolume = captureVolume
            memory.network.local = path.map { "\($0.local)" } ?? ""
            memory.network.remote = path.map { "\($0.remote)" } ?? ""
            memory.network.ice = iceState
            memory.network.relay = path?.transport.isRelay ?? false
            memory.network.transport = path?.transport
        }
    }
}

extension EngineSnapshot.Device {
    init(_ status: AudioDeviceStatus) {
        self.init(
            deviceID: status.deviceID, state: status.state.rawValue, errorCode: status.error?.code.number ?? 0)
    }
}

extension Publisher {
    /// As `status` shows it.
    var snapshot: EngineSnapshot.Publisher {
        EngineSnapshot.Publisher(
            streamID: streamID.rawValue, roomID: roomID?.rawValue ?? "", whip: whip, channel: channel, state: state,
            errorCode: errorCode, source: source.description, muted: muted, quality: quality)
    }
}

extension Player {
    /// As `status` shows it.
    var snapshot: EngineSnapshot.Player {
        EngineSnapshot.Player(
            streamID: streamID.rawValue, roomID: roomID?.rawValue ?? "", whep: whep, state: state,
            errorCode: errorCode, volume: volume, muted: muted, quality: quality)
    }
}
