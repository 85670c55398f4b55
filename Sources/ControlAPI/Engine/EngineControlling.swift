import RoomModel
import VoiceEngine

/// What the control API asks of an engine: ``VoiceEngine``, or a scripted one in tests.
package protocol EngineControlling: Sendable {
    /// Everything that `status` shows, at once and from any thread.
    func snapshot() -> EngineSnapshot

    func start() async throws
    func destroy() async -> CallResult

    func loginRoom(roomID: String, user: User, config: LoginConfig, wait: CallWait) async throws -> LoginOutcome
    func logoutRoom(roomID: String?) async throws -> CallResult
    func switchRoom(
        fromRoomID: String, toRoomID: String, config: LoginConfig, wait: CallWait
    ) async throws -> LoginOutcome
    func renewToken(roomID: String, token: String) async throws -> CallResult

    func startPublishing(
        streamID: String, channel: PublishChannel, roomID: String?, source: PublishSource, whip: MediaEndpoint?,
        wait: CallWait
    ) async throws -> PublishResult
    func stopPublishing(channel: PublishChannel) async throws -> CallResult
    func stopPublishing(streamID: String) async throws -> CallResult

    func startPlaying(
        streamID: String, roomID: String?, sink: PlaySink?, bufferRange: BufferRange?, whep: MediaEndpoint?,
        wait: CallWait
    ) async throws -> PlayResult
    func stopPlaying(streamID: String) async throws -> CallResult

    func sendBroadcastMessage(roomID: String, message: String) async throws -> MessageResult
    func sendBarrageMessage(roomID: String, message: String) async throws -> MessageResult
    func sendCustomCommand(roomID: String, command: String, toUserList: [String]) async throws -> MessageResult
    func setRoomExtraInfo(roomID: String, key: String, value: String) async throws -> CallResult
    func setStreamExtraInfo(_ text: String, channel: PublishChannel) async throws -> CallResult

    func setAudioConfig(
        bitrateKbps: Int?, channels: PublishAudioConfig.Channels?, frameMs: Int?, channel: PublishChannel
    ) async throws -> CallResult
    func audioConfig(channel: PublishChannel) async -> PublishAudioConfig

    func muteMicrophone(_ mute: Bool) async throws -> CallResult
    func muteSpeaker(_ mute: Bool) async throws -> CallResult
    func mutePublishStreamAudio(_ mute: Bool, channel: PublishChannel) async throws -> CallResult
    func mutePlayStreamAudio(_ mute: Bool, streamID: String) async throws -> CallResult
    func muteAllPlayStreamAudio(_ mute: Bool) async throws -> CallResult
    func setCaptureVolume(_ volume: Int) async throws -> CallResult
    func setPlayVolume(_ volume: Int, streamID: String) async throws -> CallResult
    func setAllPlayStreamVolume(_ volume: Int) async throws -> CallResult

    func setRoomScenario(_ scenario: Scenario) async throws -> CallResult
    func enableProcessing(_ part: ProcessingPart, _ enable: Bool, mode: ProcessingMode?) async throws -> CallResult

    func startRecording(path: String, type: RecordingType, existing: ExistingFile) async throws -> RecordingResult
    func stopRecording(path: String?, type: RecordingType?) async throws -> CallResult

    func startSoundLevelMonitor(intervalMs: Int) async throws -> CallResult
    func stopSoundLevelMonitor() async throws -> CallResult

    func audioDeviceList(_ type: AudioDeviceType) async throws -> DeviceListResult
    func useAudioDevice(_ type: AudioDeviceType, deviceID: String) async throws -> CallResult
}

extension VoiceEngine: EngineControlling {}
