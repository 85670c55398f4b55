import JSONRPC
import RoomModel
import VoiceEngine

extension EngineSnapshot {
    /// The parts of `status` that the engine tells, in the contract's order.
    var json: JSONObject {
        [
            "engine": [
                "state": .string(state.rawValue), "appID": .integer(Int64(appID)), "server": .string(server),
                "scenario": .string(scenario.rawValue), "roomMode": .string(roomMode.rawValue),
            ],
            "rooms": .array(rooms.map { .object($0.json) }),
            "publishers": .array(publishers.map { .object($0.json) }),
            "players": .array(players.map { .object($0.json) }),
            "audio": .object(audio.json),
            "recordings": .array(
                recordings.map { ["path": .string($0.path), "type": .string($0.type.rawValue)] }),
            "network": .object(network.json),
        ]
    }
}

extension EngineSnapshot.Room {
    fileprivate var json: JSONObject {
        [
            "roomID": .string(roomID), "reason": .string(reason.rawValue), "errorCode": .integer(Int64(errorCode)),
            "user": user.json, "roomSessionID": .string(roomSessionID),
            "isUserStatusNotify": .bool(isUserStatusNotify), "userList": .array(userList.map(\.json)),
            "streamList": .array(streamList.map(\.json)), "onlineUserCount": .integer(Int64(onlineUserCount)),
            "roomExtraInfo": .object(roomExtraInfo),
        ]
    }
}

extension EngineSnapshot.Publisher {
    fileprivate var json: JSONObject {
        var object: JSONObject = [
            "streamID": .string(streamID), "roomID": .string(roomID), "channel": .string(channel.rawValue),
            "state": .string(state.rawValue), "errorCode": .integer(Int64(errorCode)), "source": .string(source),
            "muted": .bool(muted),
        ]
        if let whip { object["whip"] = .string(whip) }
        if let quality { object["quality"] = .object(quality.json) }
        return object
    }
}

extension EngineSnapshot.Player {
    fileprivate var json: JSONObject {
        var object: JSONObject = [
            "streamID": .string(streamID), "roomID": .string(roomID), "state": .string(state.rawValue),
            "errorCode": .integer(Int64(errorCode)), "volume": .integer(Int64(volume)), "muted": .bool(muted),
        ]
        if let whep { object["whep"] = .string(whep) }
        if let quality { object["quality"] = .object(quality.json) }
        return object
    }
}

extension EngineSnapshot.Device {
    /// `errorCode` only when there is one.
    fileprivate var json: JSONValue {
        var object: JSONObject = ["deviceID": .string(deviceID), "state": .string(state)]
        if errorCode != 0 { object["errorCode"] = .integer(Int64(errorCode)) }
        return .object(object)
    }
}

extension EngineSnapshot.Audio {
    fileprivate var json: JSONObject {
        [
            "input": input.json, "output": output.json, "realtime": .bool(realtime),
            "periodMs": periodMs.tenths, "xruns": .integer(Int64(xruns)),
            "muteMicrophone": .bool(muteMicrophone), "muteSpeaker": .bool(muteSpeaker),
            "captureVolume": .integer(Int64(captureVolume)), "processing": processing.json,
            "delayMs": .object(delayMs.json),
        ]
    }
}

extension EngineSnapshot.Audio.Delay {
    /// Its parts in the order in which a voice meets them; absent: not known.
    package var parts: [(name: String, milliseconds: Double)] {
        [
            ("capture", capture), ("encode", encode), ("network", network), ("buffer", buffer),
            ("decode", decode), ("playback", playback),
        ].compactMap { name, value in value.map { (name, $0) } }
    }

    fileprivate var json: JSONObject {
        var object = JSONObject()
        for part in parts { object[part.name] = part.milliseconds.tenths }
        return object
    }
}

extension ProcessingSettings {
    /// The mode of each part, or `off`.
    fileprivate var json: JSONValue {
        func mode(_ part: ProcessingPart) -> JSONValue { .string(self[part]?.rawValue ?? "off") }
        return ["aec": mode(.echo), "ans": mode(.noise), "agc": mode(.gain)]
    }
}

extension EngineSnapshot.Network {
    fileprivate var json: JSONObject {
        [
            "local": .string(local), "remote": .string(remote), "ice": .string(ice), "relay": .bool(relay),
            "protocol": .string(transport?.rawValue ?? ""),
        ]
    }
}

extension Double {
    /// The number to one decimal, so that figures stay short.
    fileprivate var tenths: JSONValue { .number(((self * 10).rounded() / 10)) }
}
