import JSONRPC

/// An event on one line, as people read it.
package enum EventText {
    /// The line: time, event, and what it says in few words.
    package static func line(_ event: JSONValue) -> String {
        let time = event["time"]?.string.map { String($0.dropFirst(11).prefix(12)) } ?? ""
        let name = event["event"]?.string ?? "?"
        let gap = String(repeating: " ", count: max(1, 22 - name.count))
        return "\(time)  \(name)\(gap)\(words(name, event))"
    }

    private static func words(_ name: String, _ event: JSONValue) -> String {
        func text(_ key: String) -> String { plain(event[key]) }
        switch name {
        case "snapshot":
            let status = event["status"]
            let rooms = (status?["rooms"]?.array ?? []).map { "\(plain($0["roomID"])) \(plain($0["reason"]))" }
            return "\(rooms.isEmpty ? "in no room" : rooms.joined(separator: ", ")) (seq \(text("seq")))"
        case "room-state": return "\(text("roomID")) \(text("reason"))\(error(event))"
        case "user-update": return "\(text("roomID")) \(sign(event)) \(members(event, "userList", "userID"))"
        case "stream-update": return "\(text("roomID")) \(sign(event)) \(members(event, "streamList", "streamID"))"
        case "online-user-count": return "\(text("roomID")) \(text("count"))"
        case "publisher-state", "player-state": return "\(text("streamID")) \(text("state"))\(error(event))"
        case "publisher-first-frame", "player-first-frame":
            return "\(text("streamID")) after \(text("elapsedMs")) ms"
        case "publisher-quality", "player-quality": return "\(text("streamID"))  \(quality(event))"
        case "sound-level":
            let remote = (event["remote"]?.object ?? [:]).map { "\($0.0) \(plain($0.1))" }
            return (["captured \(text("captured"))"] + remote).joined(separator: "  ")
        case "broadcast-message", "barrage-message", "custom-command":
            return
                "\(text("roomID")) \(plain(event["fromUser"]?["userID"])): \(plain(event["message"] ?? event["command"]))"
        case "token-will-expire": return "\(text("roomID")) in \(text("remainSeconds")) s"
        case "device-state":
            let why = event["message"].map { ": \(plain($0))" } ?? ""
            return "\(text("type")) \(text("deviceID")) \(text("state"))\(error(event))\(why)"
        case "overflow": return "\(text("dropped")) events lost: this reader fell behind"
        case "bookmark": return "seq \(text("seq"))"
        default:
            let common = ["seq", "instance", "time", "event", "n"]
            return (event.object ?? [:]).filter { !common.contains($0.0) }.map { "\($0.0)=\(plain($0.1))" }
                .joined(separator: " ")
        }
    }

    /// A value without quotes; a dash where there is none.
    package static func plain(_ value: JSONValue?) -> String {
        switch value {
        case nil: "-"
        case .string(let text): text.isEmpty ? "-" : text
        case .some(let other): other.description
        }
    }

    private static func error(_ event: JSONValue) -> String {
        guard let code = event["errorCode"]?.integer, code != 0 else { return "" }
        return ", \(ErrorWords.text(of: Int(code)))"
    }

    private static func sign(_ event: JSONValue) -> String { event["updateType"] == "add" ? "+" : "-" }

    private static func members(_ event: JSONValue, _ list: String, _ key: String) -> String {
        (event[list]?.array ?? []).map { plain($0[key]) }.joined(separator: ", ")
    }

    /// The figures of a stream's quality in few words.
    package static func quality(_ quality: JSONValue) -> String {
        var parts: [String] = []
        if let kbps = quality["kbps"] { parts.append("\(plain(kbps)) kb/s") }
        if let lost = quality["packetLostRate"]?.double { parts.append("loss \((lost * 1000).rounded() / 10) %") }
        if let rtt = quality["rttMs"] { parts.append("rtt \(plain(rtt)) ms") }
        if let delay = quality["endToEndMs"] { parts.append("delay \(plain(delay)) ms") }
        if let mos = quality["mos"] { parts.append("MOS \(plain(mos))") }
        return parts.joined(separator: ", ")
    }
}
