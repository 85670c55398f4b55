import ControlAPI
import JSONRPC

/// Results as people read them.
enum Text {
    /// JSON over several lines.
    static func pretty(_ value: JSONValue, indentation: String = "") -> String {
        let inner = indentation + "  "
        switch value {
        case .object(let object) where !object.isEmpty:
            let members = object.map { "\(inner)\(JSONValue.string($0)): \(pretty($1, indentation: inner))" }
            return "{\n\(members.joined(separator: ",\n"))\n\(indentation)}"
        case .array(let elements) where !elements.isEmpty:
            let lines = elements.map { inner + pretty($0, indentation: inner) }
            return "[\n\(lines.joined(separator: ",\n"))\n\(indentation)]"
        default: return value.description
        }
    }

    /// A value without quotes.
    static func plain(_ value: JSONValue?) -> String { EventText.plain(value) }

    /// Rows under a heading, in columns.
    static func table(_ heading: [String], _ rows: [[String]]) -> String {
        let all = [heading] + rows
        let widths = heading.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            let cells = row.enumerated().map { index, cell in
                index == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[index] - cell.count)
            }
            return cells.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    /// An application with its keys, as a configuration takes them.
    static func application(_ app: JSONValue) -> String {
        """
        app_id = \(plain(app["appID"]))
        app_sign = "\(plain(app["appSign"]))"
        server_secret = "\(plain(app["serverSecret"]))"
        """
    }

    /// Those who were put out, one a line.
    static func kicked(_ result: JSONValue) -> String {
        let users = result["kicked"]?.array ?? []
        guard !users.isEmpty else { return "nobody was there" }
        return users.map { "put \(plain($0["userID"])) out of \(plain($0["roomID"]))" }.joined(separator: "\n")
    }

    /// The status in a few lines.
    static func status(_ status: JSONValue) -> String {
        let engine = status["engine"]
        var lines = [
            "engine    \(plain(engine?["state"]))"
                + (engine?["appID"].map { ", application \(plain($0)) at \(plain(engine?["server"]))" } ?? "")
        ]
        for room in status["rooms"]?.array ?? [] {
            lines.append(
                "room      \(plain(room["roomID"])) \(plain(room["reason"])) as \(plain(room["user"]?["userID"]))"
                    + ", \(room["userList"]?.array?.count ?? 0) others, \(room["streamList"]?.array?.count ?? 0) streams"
                    + errorText(room))
        }
        for publisher in status["publishers"]?.array ?? [] {
            lines.append(
                "publish   \(plain(publisher["streamID"])) \(plain(publisher["state"])) from \(plain(publisher["source"]))"
                    + quality(publisher["quality"]) + errorText(publisher))
        }
        for player in status["players"]?.array ?? [] {
            lines.append(
                "play      \(plain(player["streamID"])) \(plain(player["state"])), volume \(plain(player["volume"]))"
                    + quality(player["quality"]) + errorText(player))
        }
        if let audio = status["audio"] {
            for side in ["input", "output"] {
                let device = audio[side]
                lines.append(
                    "\(side)\(side == "input" ? "     " : "    ")\(plain(device?["deviceID"])) \(plain(device?["state"]))"
                        + (device.map(errorText) ?? ""))
            }
            lines.append("audio     realtime \(plain(audio["realtime"])), xruns \(plain(audio["xruns"]))")
        }
        if let network = status["network"], network["ice"] != nil {
            lines.append("network   \(plain(network["ice"])) \(plain(network["local"])) to \(plain(network["remote"]))")
        }
        if let server = status["server"], server["enabled"] == true {
            lines.append(
                "server    \(plain(server["listen"])): \(plain(server["rooms"])) rooms, \(plain(server["users"])) users, "
                    + "\(plain(server["streams"])) streams")
        }
        return lines.joined(separator: "\n")
    }

    private static func errorText(_ value: JSONValue) -> String {
        guard let code = value["errorCode"]?.integer, code != 0 else { return "" }
        return ", \(ErrorWords.text(of: Int(code)))"
    }

    private static func quality(_ quality: JSONValue?) -> String {
        let words = quality.map(EventText.quality) ?? ""
        return words.isEmpty ? "" : ": \(words)"
    }
}
