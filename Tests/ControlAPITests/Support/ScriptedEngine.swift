import ControlAPI
import JSONRPC
import RoomModel
import Synchronization
import VoiceEngine

/// An engine that does what a test tells it: raises events, keeps its own snapshot, answers when it is let go.
actor ScriptedEngine: EngineControlling {
    private let sink: @Sendable (EngineEvent) -> UInt64
    private nonisolated let memory: Mutex<EngineSnapshot>
    private nonisolated let callNames = Mutex<[String]>([])
    private var loginError: ZegoError?
    private var holdsLogins = false
    private var heldLogins: [CheckedContinuation<Void, Never>] = []

    init(sink: @escaping @Sendable (EngineEvent) -> UInt64) {
        self.sink = sink
        memory = Mutex(Self.emptySnapshot)
    }

    static let emptySnapshot = EngineSnapshot(
        state: .created, appID: 1, server: "ws://127.0.0.1:1", scenario: .standardVoiceCall, roomMode: .single,
        rooms: [], publishers: [], players: [],
        audio: .init(
            input: .init(deviceID: "null", state: "running", errorCode: 0),
            output: .init(deviceID: "null", state: "running", errorCode: 0), realtime: false, periodMs: 10, xruns: 0,
            muteMicrophone: false, muteSpeaker: false, captureVolume: 100, processing: .init(),
            delayMs: .init(capture: 10, encode: 26.5, network: 0.6, buffer: 17.5, decode: 2.5, playback: 20),
            audioThreadTurns: 1),
        recordings: [],
        network: .init(
            local: "", remote: "", ice: "new", relay: false, datagramsDropped: 0, mediaThreadTurns: 1),
        lastSeq: 0)

    /// The names of the calls in the order in which they reached the engine.
    nonisolated var calls: [String] { callNames.withLock { $0 } }

    nonisolated func snapshot() -> EngineSnapshot { memory.withLock { $0 } }

    /// Changes the snapshot, raises the event, then says that the snapshot contains it: the order that engines keep.
    @discardableResult
    nonisolated func raise(_ event: EngineEvent, _ change: (inout EngineSnapshot) -> Void = { _ in }) -> UInt64 {
        memory.withLock { change(&$0) }
        let seq = sink(event)
        memory.withLock { $0.lastSeq = seq }
        return seq
    }

    /// A stream each way, with figures.
    nonisolated func showQuality() {
        memory.withLock { snapshot in
            snapshot.publishers = [
                .init(
                    streamID: "p", roomID: "r", channel: .main, state: .publishing, errorCode: 0, source: "device",
                    muted: false, quality: PublisherQuality(kbps: 34, rttMs: 1, packetLostRate: 0.01))
            ]
            snapshot.players = [
                .init(
                    streamID: "s", roomID: "r", state: .playing, errorCode: 0, volume: 100, muted: false,
                    quality: PlayerQuality(
                        kbps: 34, rttMs: 1, packetLostRate: 0.02, concealedRate: 0.01, jitterBufferMs: 20,
                        endToEndMs: 50,
                        mos: 4))
            ]
        }
    }

    func failLogins(with error: ZegoError?) { loginError = error }

    /// Logins do not answer until ``releaseLogins()``.
    func holdLogins() { holdsLogins = true }

    func releaseLogins() {
        holdsLogins = false
        for login in heldLogins { login.resume() }
        heldLogins = []
    }

    private func record(_ name: String) { callNames.withLock { $0.append(name) } }

    private var result: CallResult { CallResult(lastSeq: snapshot().lastSeq) }

    // MARK: Calls

    func start() {
        raise(.engineState(state: .created, errorCode: 0))
        raise(.engineState(state: .running, errorCode: 0)) { $0.state = .running }
    }

    func destroy() -> CallResult {
        record("destroy")
        raise(.engineState(state: .destroyed, errorCode: 0)) {
            $0.state = .destroyed
            $0.rooms = []
        }
        return result
    }

    func loginRoom(roomID: String, user: User, config: LoginConfig, wait: CallWait) async throws -> LoginOutcome {
        record("loginRoom \(roomID)")
        _ = try RoomID(roomID)
        let room = EngineSnapshot.Room(
            roomID: roomID, reason: .logining, errorCode: 0, user: user, roomSessionID: "",
            isUserStatusNotify: config.isUserStatusNotify, userList: [], streamList: [], onlineUserCount: 0,
            roomExtraInfo: [:])
        raise(.roomState(roomID: roomID, reason: .logining, errorCode: 0, extendedData: [:])) { $0.rooms = [room] }
        if holdsLogins {
            if case .seconds(let seconds) = wait, seconds < 0.1 { throw WaitExpired(lastSeq: snapshot().lastSeq) }
            await withCheckedContinuation { heldLogins.append($0) }
        }
        if let loginError {
            raise(
                .roomState(roomID: roomID, reason: .loginFailed, errorCode: loginError.code.number, extendedData: [:])
            ) {
                $0.rooms[0].reason = .loginFailed
                $0.rooms[0].errorCode = loginError.code.number
            }
            throw loginError
        }
        let data: JSONObject = ["roomSessionID": "s1"]
        let seq = raise(.roomState(roomID: roomID, reason: .logined, errorCode: 0, extendedData: data)) {
            $0.rooms[0].reason = .logined
            $0.rooms[0].roomSessionID = "s1"
        }
        return LoginOutcome(errorCode: 0, extendedData: data, lastSeq: seq)
    }

    func logoutRoom(roomID: String?) -> CallResult {
        record("logoutRoom")
        for room in snapshot().rooms where roomID == nil || room.roomID == roomID {
            raise(.roomState(roomID: room.roomID, reason: .logout, errorCode: 0, extendedData: [:])) { snapshot in
                for index in snapshot.rooms.indices where snapshot.rooms[index].roomID == room.roomID {
                    snapshot.rooms[index].reason = .logout
                    snapshot.rooms[index].streamList = []
                    snapshot.rooms[index].userList = []
                }
            }
        }
        return result
    }

    func switchRoom(fromRoomID: String, toRoomID: String, config: LoginConfig, wait: CallWait) -> LoginOutcome {
        record("switchRoom \(fromRoomID) \(toRoomID)")
        return LoginOutcome(errorCode: 0, extendedData: [:], lastSeq: snapshot().lastSeq)
    }

    func renewToken(roomID: String, token: String) -> CallResult {
        record("renewToken \(roomID)")
        return result
    }

    func startPublishing(
        streamID: String, channel: PublishChannel, roomID: String?, source: PublishSource, whip: MediaEndpoint?,
        wait: CallWait
    ) throws -> PublishResult {
        record("startPublishing \(streamID)")
        _ = try StreamID(streamID)
        let seq = raise(.publisherState(streamID: streamID, state: .publishing, errorCode: 0, extendedData: [:]))
        return PublishResult(streamID: streamID, channel: channel, state: .publishing, lastSeq: seq)
    }

    func stopPublishing(channel: PublishChannel) -> CallResult {
        record("stopPublishing \(channel.rawValue)")
        return result
    }

    func stopPublishing(streamID: String) -> CallResult {
        record("stopPublishing \(streamID)")
        return result
    }

    func startPlaying(
        streamID: String, roomID: String?, sink: PlaySink?, bufferRange: BufferRange?, whep: MediaEndpoint?,
        wait: CallWait
    ) throws -> PlayResult {
        if case .file(let path, let isNumbered) = sink {
            record("startPlaying \(streamID) into \(path)\(isNumbered ? ", numbered" : "")")
        } else {
            record("startPlaying \(streamID)")
        }
        let seq = raise(.playerState(streamID: streamID, state: .playRequesting, errorCode: 0, extendedData: [:]))
        return PlayResult(streamID: streamID, state: .playRequesting, lastSeq: seq)
    }

    func stopPlaying(streamID: String) throws -> CallResult {
        record("stopPlaying \(streamID)")
        return result
    }

    private var message: MessageResult {
        MessageResult(messageID: MessageID(1_700_000_000_000_000), lastSeq: snapshot().lastSeq)
    }

    func sendBroadcastMessage(roomID: String, message: String) -> MessageResult {
        record("sendBroadcastMessage \(roomID) \(message)")
        return self.message
    }

    func sendBarrageMessage(roomID: String, message: String) -> MessageResult {
        record("sendBarrageMessage \(roomID) \(message)")
        return self.message
    }

    func sendCustomCommand(roomID: String, command: String, toUserList: [String]) -> MessageResult {
        record("sendCustomCommand \(roomID) \(command) \(toUserList)")
        return message
    }

    func setRoomExtraInfo(roomID: String, key: String, value: String) -> CallResult {
        record("setRoomExtraInfo \(roomID) \(key)=\(value)")
        return result
    }

    func setStreamExtraInfo(_ text: String, channel: PublishChannel) -> CallResult {
        record("setStreamExtraInfo \(text) \(channel.rawValue)")
        return result
    }

    func setAudioConfig(
        bitrateKbps: Int?, channels: PublishAudioConfig.Channels?, frameMs: Int?, channel: PublishChannel
    ) -> CallResult {
        record("setAudioConfig \(bitrateKbps ?? -1) \(channels?.rawValue ?? "-") \(frameMs ?? -1)")
        return result
    }

    func audioConfig(channel: PublishChannel) -> PublishAudioConfig {
        PublishAudioConfig(bitrateKbps: 48, channels: .mono, frameMs: 20)
    }

    func muteMicrophone(_ mute: Bool) -> CallResult {
        record("muteMicrophone \(mute)")
        return result
    }

    func muteSpeaker(_ mute: Bool) -> CallResult { result }
    func mutePublishStreamAudio(_ mute: Bool, channel: PublishChannel) -> CallResult { result }
    func mutePlayStreamAudio(_ mute: Bool, streamID: String) -> CallResult { result }
    func muteAllPlayStreamAudio(_ mute: Bool) -> CallResult { result }

    func setCaptureVolume(_ volume: Int) -> CallResult {
        record("setCaptureVolume \(volume)")
        return result
    }

    func setPlayVolume(_ volume: Int, streamID: String) -> CallResult { result }
    func setAllPlayStreamVolume(_ volume: Int) -> CallResult { result }

    func setRoomScenario(_ scenario: Scenario) -> CallResult {
        record("setRoomScenario \(scenario.rawValue)")
        return result
    }

    func enableProcessing(_ part: ProcessingPart, _ enable: Bool, mode: ProcessingMode?) -> CallResult {
        record("enableProcessing \(part) \(enable) \(mode?.rawValue ?? "-")")
        return result
    }

    func startRecording(path: String, type: RecordingType, existing: ExistingFile) -> RecordingResult {
        record("startRecording \(path) \(type) \(existing)")
        return RecordingResult(path: path, lastSeq: snapshot().lastSeq)
    }

    func stopRecording(path: String?, type: RecordingType?) -> CallResult {
        record("stopRecording \(path ?? "-") \(type?.rawValue ?? "-")")
        return result
    }

    func startSoundLevelMonitor(intervalMs: Int) -> CallResult { result }
    func stopSoundLevelMonitor() -> CallResult { result }

    func audioDeviceList(_ type: AudioDeviceType) -> DeviceListResult {
        DeviceListResult(devices: [.init(deviceID: "null", deviceName: "nothing")], lastSeq: snapshot().lastSeq)
    }

    func useAudioDevice(_ type: AudioDeviceType, deviceID: String) -> CallResult { result }
}
