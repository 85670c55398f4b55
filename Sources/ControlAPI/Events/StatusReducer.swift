import JSONRPC

/// Applies events to a status: what a client does with the events after a snapshot, and what the daemon does with
/// those that the engine's own snapshot does not contain yet.
///
/// Every step sets a value or takes one away by its identifier, so that an event applied twice changes nothing more.
package enum StatusReducer {
    /// Applies one event; events that say nothing about the status leave it alone.
    package static func apply(event name: String, fields: JSONObject, to status: inout JSONObject) {
        switch name {
        case "engine-state": engineState(fields, &status)
        case "room-state": roomState(fields, &status)
        case "user-update": update(fields, list: "userList", identifier: "userID", &status)
        case "stream-update": update(fields, list: "streamList", identifier: "streamID", &status)
        case "online-user-count":
            changeRoom(fields, &status) { $0["onlineUserCount"] = fields["count"] }
        case "stream-extra-info": streamExtraInfo(fields, &status)
        case "room-extra-info": roomExtraInfo(fields, &status)
        case "publisher-state": streamState(fields, list: "publishers", final: "no-publish", &status)
        case "player-state": streamState(fields, list: "players", final: "no-play", &status)
        case "publisher-quality": quality(fields, list: "publishers", &status)
        case "player-quality": quality(fields, list: "players", &status)
        case "device-state": deviceState(fields, &status)
        case "recording-state": recordingState(fields, &status)
        default: break
        }
    }

    private static func engineState(_ fields: JSONObject, _ status: inout JSONObject) {
        change("engine", &status) { $0["state"] = fields["state"] }
        guard fields["state"] == "destroyed" else { return }
        for list in ["rooms", "publishers", "players", "recordings"] { status[list] = [] }
    }

    private static let finalReasons: [JSONValue] = ["login-failed", "reconnect-failed", "kick-out", "logout"]

    private static func roomState(_ fields: JSONObject, _ status: inout JSONObject) {
        // A logout that failed leaves everything as it was.
        if fields["reason"] == "logout-failed" { return }
        if fields["reason"] == "logining" { dropEnded(&status) }
        changeRoom(fields, &status, adding: true) { room in
            room["reason"] = fields["reason"]
            room["errorCode"] = fields["errorCode"]
            switch fields["reason"] {
            case "logined", "reconnected":
                if let session = fields["extendedData"]?["roomSessionID"] { room["roomSessionID"] = session }
            case .some(let reason) where reason == "logining" || finalReasons.contains(reason):
                if reason == "logining" { room["roomSessionID"] = "" }
                room["userList"] = []
                room["streamList"] = []
                room["onlineUserCount"] = 0
                room["roomExtraInfo"] = [:]
            default: break
            }
        }
    }

    /// What has ended stays in the status, with its reason, until the next login.
    private static func dropEnded(_ status: inout JSONObject) {
        func drop(_ list: String, _ hasEnded: (JSONValue) -> Bool) {
            guard let entries = status[list]?.array else { return }
            status[list] = .array(entries.filter { !hasEnded($0) })
        }
        drop("rooms") { $0["reason"].map(finalReasons.contains) ?? false }
        drop("publishers") { $0["state"] == "no-publish" }
        drop("players") { $0["state"] == "no-play" }
    }

    private static func update(
        _ fields: JSONObject, list: String, identifier: String, _ status: inout JSONObject
    ) {
        changeRoom(fields, &status) { room in
            var entries = room[list]?.array ?? []
            for entry in fields[list]?.array ?? [] {
                let index = entries.firstIndex { $0[identifier] == entry[identifier] }
                if fields["updateType"] == "delete" {
                    if let index { entries.remove(at: index) }
                } else if let index {
                    entries[index] = entry
                } else {
                    entries.append(entry)
                }
            }
            room[list] = .array(entries)
        }
    }

    private static func streamExtraInfo(_ fields: JSONObject, _ status: inout JSONObject) {
        changeRoom(fields, &status) { room in
            room["streamList"] = .array(
                (room["streamList"]?.array ?? []).map { entry in
                    fields["streamList"]?.array?.first { $0["streamID"] == entry["streamID"] } ?? entry
                })
        }
    }

    private static func roomExtraInfo(_ fields: JSONObject, _ status: inout JSONObject) {
        changeRoom(fields, &status) { room in
            var texts = room["roomExtraInfo"]?.object ?? [:]
            for info in fields["roomExtraInfoList"]?.array ?? [] {
                if let key = info["key"]?.string { texts[key] = info["value"] }
            }
            room["roomExtraInfo"] = .object(texts)
        }
    }

    private static func streamState(
        _ fields: JSONObject, list: String, final: JSONValue, _ status: inout JSONObject
    ) {
        if fields["state"] == final, fields["errorCode"] == 0 {
            let others = status[list]?.array?.filter { $0["streamID"] != fields["streamID"] }
            status[list] = .array(others ?? [])
            return
        }
        changeEntry(of: list, "streamID", fields, &status, adding: true) { entry in
            entry["state"] = fields["state"]
            entry["errorCode"] = fields["errorCode"]
        }
    }

    private static func quality(_ fields: JSONObject, list: String, _ status: inout JSONObject) {
        changeEntry(of: list, "streamID", fields, &status, adding: false) { entry in
            var quality = fields
            for key in ["streamID", "seq", "instance", "time", "event", "n"] { quality[key] = nil }
            entry["quality"] = .object(quality)
        }
    }

    private static func deviceState(_ fields: JSONObject, _ status: inout JSONObject) {
        guard let type = fields["type"]?.string else { return }
        change("audio", &status) { audio in
            var device = audio[type]?.object ?? [:]
            device["deviceID"] = fields["deviceID"]
            device["state"] = fields["state"]
            device["errorCode"] = fields["errorCode"] == 0 ? nil : fields["errorCode"]
            audio[type] = .object(device)
        }
    }

    private static func recordingState(_ fields: JSONObject, _ status: inout JSONObject) {
        var recordings = status["recordings"]?.array ?? []
        recordings.removeAll { $0["path"] == fields["path"] }
        if fields["state"] == "started" {
            recordings.append(["path": fields["path"] ?? .null, "type": fields["type"] ?? .null])
        }
        status["recordings"] = .array(recordings)
    }

    // MARK: -

    private static func changeRoom(
        _ fields: JSONObject, _ status: inout JSONObject, adding: Bool = false, _ body: (inout JSONObject) -> Void
    ) {
        changeEntry(of: "rooms", "roomID", fields, &status, adding: adding, body)
    }

    private static func changeEntry(
        of list: String, _ identifier: String, _ fields: JSONObject, _ status: inout JSONObject, adding: Bool,
        _ body: (inout JSONObject) -> Void
    ) {
        guard let value = fields[identifier] else { return }
        var entries = status[list]?.array ?? []
        let index = entries.firstIndex { $0[identifier] == value }
        guard index != nil || adding else { return }
        var entry = index.flatMap { entries[$0].object } ?? [identifier: value]
        body(&entry)
        if let index {
            entries[index] = .object(entry)
        } else {
            entries.append(.object(entry))
        }
        status[list] = .array(entries)
    }

    private static func change(_ key: String, _ status: inout JSONObject, _ body: (inout JSONObject) -> Void) {
        var object = status[key]?.object ?? [:]
        body(&object)
        status[key] = .object(object)
    }
}
