import JSONRPC

/// What has happened already, told as events: so that whoever waits for an event does not wait for one that has been.
package enum PresentState {
    /// The events that would bring a status about, as far as a status says it. A room that was entered again counts as
    /// entered.
    package static func events(of status: JSONValue) -> [JSONValue] {
        func list(_ key: String) -> [JSONObject] { (status[key]?.array ?? []).compactMap(\.object) }
        var events: [JSONObject] = []
        if let state = status["engine"]?["state"] { events.append(["event": "engine-state", "state": state]) }
        for room in list("rooms") {
            var event: JSONObject = ["event": "room-state"]
            for key in ["roomID", "reason", "errorCode"] { event[key] = room[key] }
            events.append(event)
            if room["reason"] == "reconnected" {
                event["reason"] = "logined"
                events.append(event)
            }
            guard let roomID = room["roomID"] else { continue }
            for (name, key) in [("user-update", "userList"), ("stream-update", "streamList")] {
                guard let members = room[key], members.array?.isEmpty == false else { continue }
                events.append(["event": .string(name), "roomID": roomID, "updateType": "add", key: members])
            }
        }
        for (name, key) in [("publisher-state", "publishers"), ("player-state", "players")] {
            for stream in list(key) {
                var event: JSONObject = ["event": .string(name)]
                for key in ["streamID", "state", "errorCode"] { event[key] = stream[key] }
                events.append(event)
            }
        }
        for type in ["input", "output"] {
            guard let device = status["audio"]?[type]?.object else { continue }
            events.append([
                "event": "device-state", "type": .string(type), "deviceID": device["deviceID"] ?? "",
                "state": device["state"] ?? "", "errorCode": device["errorCode"] ?? 0,
            ])
        }
        return events.map { .object($0) }
    }
}
