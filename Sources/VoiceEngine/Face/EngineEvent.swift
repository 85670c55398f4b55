import JSONRPC
import RoomModel

/// What the engine tells: one case per event of the control API that an engine raises, with the fields of the contract.
///
/// The sink given to ``VoiceEngine`` gets them in order, one at a time. Reliable ones take a sequence number there;
/// volatile ones (``isVolatile``) are the latest value of something that changes all the time and take none.
package enum EngineEvent: Sendable, Equatable {
    /// The engine was made, began to turn, stopped or was destroyed.
    case engineState(state: EngineState, errorCode: Int)
    /// `onRoomStateChanged`.
    case roomState(roomID: String, reason: RoomStateReason, errorCode: Int, extendedData: JSONObject)
    /// `onRoomUserUpdate`: only rooms that were entered with `isUserStatusNotify`; never oneself.
    case userUpdate(roomID: String, updateType: UpdateType, userList: [User])
    /// `onRoomOnlineUserCountUpdate`: everybody in the room, oneself included.
    case onlineUserCount(roomID: String, count: Int)
    /// `onRoomStreamUpdate`: streams of others; `extendedData` carries `stream_delete_reason` where it is known.
    case streamUpdate(roomID: String, updateType: UpdateType, streamList: [StreamDescription], extendedData: JSONObject)
    /// `onRoomStreamExtraInfoUpdate`: others wrote another text to their streams.
    case streamExtraInfo(roomID: String, streamList: [StreamDescription])
    /// `onRoomExtraInfoUpdate`: others wrote in the room.
    case roomExtraInfo(roomID: String, roomExtraInfoList: [RoomExtraInfo])
    /// `onIMRecvBroadcastMessage`, `onIMRecvBarrageMessage`, `onIMRecvCustomCommand`: never one's own.
    case message(RoomMessage)
    /// `onRoomTokenWillExpire`: 30 s before.
    case tokenWillExpire(roomID: String, remainSeconds: Int)
    /// `onPublisherStateUpdate`.
    case publisherState(streamID: String, state: PublisherState, errorCode: Int, extendedData: JSONObject)
    /// `onPlayerStateUpdate`.
    case playerState(streamID: String, state: PlayerState, errorCode: Int, extendedData: JSONObject)
    /// `onPublisherSendAudioFirstFrame`: milliseconds from the call of `startPublishing` to the first packet sent.
    case publisherFirstFrame(streamID: String, elapsedMs: Double)
    /// `onPlayerRecvAudioFirstFrame`: milliseconds from the call of `startPlaying` to the first packet received.
    case playerFirstFrame(streamID: String, elapsedMs: Double)
    /// `onPublisherQualityUpdate`, every 3 s.
    case publisherQuality(streamID: String, quality: PublisherQuality)
    /// `onPlayerQualityUpdate`, every 3 s.
    case playerQuality(streamID: String, quality: PlayerQuality)
    /// `onNetworkQuality`, every 2 s while something is published or played; an empty `userID` is oneself.
    case networkQuality(userID: String, upstream: QualityLevel, downstream: QualityLevel)
    /// `onCapturedSoundLevelUpdate` and `onRemoteSoundLevelUpdate` in one: 0–100 each, by streamID for remote ones.
    case soundLevel(captured: Double, remote: [String: Double])
    /// `onRemoteMicStateUpdate`: a publisher that is played here muted itself, lost its device or came back.
    case remoteMicState(streamID: String, state: MicrophoneState)
    /// A sound device appeared, vanished, failed or returned.
    /// `message`: why it does not run, and what to do about it, or that the name stands for another device; else empty.
    case deviceState(type: AudioDeviceType, deviceID: String, state: String, errorCode: Int, message: String = "")
    /// A recording began, is complete, or cannot go on.
    case recordingState(path: String, type: RecordingType, state: RecordingState, errorCode: Int)
    /// The audio thread was refused realtime priority, had a burst of xruns, recovered.
    case audioThread(problem: String, counts: JSONObject)
    /// A misuse or an internal failure worth a log line.
    case debugError(code: Int, function: String, info: String)

    /// The event's name in the control API.
    package var name: String {
        switch self {
        case .engineState: "engine-state"
        case .roomState: "room-state"
        case .userUpdate: "user-update"
        case .onlineUserCount: "online-user-count"
        case .streamUpdate: "stream-update"
        case .streamExtraInfo: "stream-extra-info"
        case .roomExtraInfo: "room-extra-info"
        case .message(let message): message.kind.eventName
        case .tokenWillExpire: "token-will-expire"
        case .publisherState: "publisher-state"
        case .playerState: "player-state"
        case .publisherFirstFrame: "publisher-first-frame"
        case .playerFirstFrame: "player-first-frame"
        case .publisherQuality: "publisher-quality"
        case .playerQuality: "player-quality"
        case .networkQuality: "network-quality"
        case .soundLevel: "sound-level"
        case .remoteMicState: "remote-mic-state"
        case .deviceState: "device-state"
        case .recordingState: "recording-state"
        case .audioThread: "audio-thread"
        case .debugError: "debug-error"
        }
    }

    /// True of events that consume no sequence number and are never replayed.
    package var isVolatile: Bool {
        switch self {
        case .publisherQuality, .playerQuality, .networkQuality, .soundLevel: true
        default: false
        }
    }

    /// The fields beyond seq, instance, time and event, in the contract's order.
    package var fields: JSONObject {
        switch self {
        case .engineState(let state, let errorCode):
            ["state": .string(state.rawValue), "errorCode": .integer(Int64(errorCode))]
        case .roomState(let roomID, let reason, let errorCode, let extendedData):
            [
                "roomID": .string(roomID), "reason": .string(reason.rawValue), "errorCode": .integer(Int64(errorCode)),
                "extendedData": .object(extendedData),
            ]
        case .userUpdate(let roomID, let updateType, let userList):
            [
                "roomID": .string(roomID), "updateType": .string(updateType.rawValue),
                "userList": .array(userList.map(\.json)),
            ]
        case .onlineUserCount(let roomID, let count):
            ["roomID": .string(roomID), "count": .integer(Int64(count))]
        case .streamUpdate(let roomID, let updateType, let streamList, let extendedData):
            [
                "roomID": .string(roomID), "updateType": .string(updateType.rawValue),
                "streamList": .array(streamList.map(\.json)), "extendedData": .object(extendedData),
            ]
        case .streamExtraInfo(let roomID, let streamList):
            ["roomID": .string(roomID), "streamList": .array(streamList.map(\.json))]
        case .roomExtraInfo(let roomID, let infos):
            ["roomID": .string(roomID), "roomExtraInfoList": .array(infos.map(\.json))]
        case .message(let message): message.eventFields
        case .tokenWillExpire(let roomID, let remainSeconds):
            ["roomID": .string(roomID), "remainSeconds": .integer(Int64(remainSeconds))]
        case .publisherState(let streamID, let state, let errorCode, let extendedData):
            Self.streamState(streamID, state.rawValue, errorCode, extendedData)
        case .playerState(let streamID, let state, let errorCode, let extendedData):
            Self.streamState(streamID, state.rawValue, errorCode, extendedData)
        case .publisherFirstFrame(let streamID, let elapsedMs), .playerFirstFrame(let streamID, let elapsedMs):
            ["streamID": .string(streamID), "elapsedMs": .rounded(elapsedMs, 1)]
        case .publisherQuality(let streamID, let quality):
            quality.json.prefixed("streamID", .string(streamID))
        case .playerQuality(let streamID, let quality):
            quality.json.prefixed("streamID", .string(streamID))
        case .networkQuality(let userID, let upstream, let downstream):
            [
                "userID": .string(userID), "upstream": .string(upstream.rawValue),
                "downstream": .string(downstream.rawValue),
            ]
        case .soundLevel(let captured, let remote):
            ["captured": .rounded(captured, 1), "remote": .object(Self.levels(remote))]
        case .remoteMicState(let streamID, let state):
            ["streamID": .string(streamID), "state": .string(state.rawValue)]
        case .deviceState(let type, let deviceID, let state, let errorCode, let message):
            Self.device(type, deviceID, state, errorCode, message)
        case .recordingState(let path, let type, let state, let errorCode):
            [
                "path": .string(path), "type": .string(type.rawValue), "state": .string(state.rawValue),
                "errorCode": .integer(Int64(errorCode)),
            ]
        case .audioThread(let problem, let counts):
            counts.prefixed("problem", .string(problem))
        case .debugError(let code, let function, let info):
            ["code": .integer(Int64(code)), "function": .string(function), "info": .string(info)]
        }
    }

    private static func streamState(
        _ streamID: String, _ state: String, _ errorCode: Int, _ extendedData: JSONObject
    ) -> JSONObject {
        [
            "streamID": .string(streamID), "state": .string(state), "errorCode": .integer(Int64(errorCode)),
            "extendedData": .object(extendedData),
        ]
    }

    private static func device(
        _ type: AudioDeviceType, _ deviceID: String, _ state: String, _ errorCode: Int, _ message: String
    ) -> JSONObject {
        var object: JSONObject = [
            "type": .string(type.rawValue), "deviceID": .string(deviceID), "state": .string(state),
            "errorCode": .integer(Int64(errorCode)),
        ]
        if !message.isEmpty { object["message"] = .string(message) }
        return object
    }

    /// The levels by stream, in the order of their names, so that equal levels give equal lines.
    private static func levels(_ remote: [String: Double]) -> JSONObject {
        var object = JSONObject()
        for (streamID, level) in remote.sorted(by: { $0.key < $1.key }) {
            object[streamID] = .rounded(level, 1)
        }
        return object
    }
}
