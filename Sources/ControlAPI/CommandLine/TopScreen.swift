import JSONRPC

/// What `zegoctl top` shows, as lines of text: made from a status, the last levels and the threads' processor time. Fits 80
/// columns, and uses more where there are.
package struct TopScreen: Sendable {
    package var status: JSONValue = [:]
    /// 0–100; nil while no level is known.
    package var capturedLevel: Double?
    package var remoteLevels: [String: Double] = [:]
    package var threads: [(name: String, percent: Double)] = []
    /// Why nothing newer is shown, when the daemon does not answer.
    package var trouble: String?
    /// Whether the terminal shows more than ASCII.
    package var isUTF8: Bool

    package init(isUTF8: Bool) {
        self.isUTF8 = isUTF8
    }

    /// At most `height` lines of at most `width` characters.
    package func lines(width: Int, height: Int) -> [String] {
        var lines = head
        let levelWidth = max(8, min(30, width - 60))
        let streamWidth = max(12, width - 49 - levelWidth)
        lines += publishers(streamWidth, levelWidth) + players(streamWidth, levelWidth) + users(width)
        if !threads.isEmpty {
            lines += [
                "", "CPU      " + threads.map { "\($0.name) \(Self.decimals($0.percent)) %" }.joined(separator: "  "),
            ]
        }
        if let trouble { lines.insert("! \(trouble)", at: 0) }
        if lines.count > height {
            lines = Array(lines.prefix(max(0, height - 1))) + ["... \(lines.count - height + 1) more lines"]
        }
        return lines.map { line in
            line.count <= width ? line : line.prefix(max(0, width - 1)) + (isUTF8 ? "…" : ">")
        }
    }

    // MARK: The head

    private var head: [String] {
        let engine = status["engine"]
        var lines = [
            "zegod \(text(status["version"]))  up \(uptime)  engine \(text(engine?["state"]))"
                + (engine?["appID"].map { "  app \(text($0)) at \(text(engine?["server"]))" } ?? "")
        ]
        for room in list("rooms") {
            lines.append(
                "room     \(text(room["roomID"])) \(text(room["reason"]))\(error(room)) as \(text(room["user"]?["userID"])), "
                    + "\(room["userList"]?.array?.count ?? 0) others, \(room["streamList"]?.array?.count ?? 0) streams")
        }
        if list("rooms").isEmpty { lines.append("room     none") }
        if let audio = status["audio"] {
            let input = audio["input"]
            let output = audio["output"]
            lines.append(
                "input    \(text(input?["deviceID"])) \(text(input?["state"]))\(input.map(error) ?? "")"
                    + (audio["muteMicrophone"] == true ? ", muted" : "") + "  \(bar(capturedLevel, 20))")
            lines.append(
                "output   \(text(output?["deviceID"])) \(text(output?["state"]))\(output.map(error) ?? "")"
                    + (audio["muteSpeaker"] == true ? ", muted" : ""))
            let delay = audio["delayMs"]
            let parts = ["capture", "encode", "network", "buffer", "decode", "playback"].compactMap { name in
                delay?[name].map { "\(name) \(text($0))" }
            }
            lines += Self.wrapped(parts, behind: "delay    ", end: " ms")
            lines.append("audio    realtime \(audio["realtime"] == true ? "yes" : "no"), xruns \(text(audio["xruns"]))")
        }
        if let network = status["network"] {
            let path =
                network["remote"]?.string?.isEmpty == false
                ? " \(text(network["local"])) to \(text(network["remote"]))" : ""
            lines.append("network  \(text(network["ice"]))\(path)\(network["relay"] == true ? ", by a relay" : "")")
        }
        if let server = status["server"], server["enabled"] == true {
            lines.append(
                "server   \(text(server["listen"])): \(text(server["rooms"])) rooms, \(text(server["users"])) users, "
                    + "\(text(server["streams"])) streams")
        }
        return lines
    }

    /// Words behind a heading, on as many lines of 80 columns as they need; none for none.
    private static func wrapped(_ words: [String], behind heading: String, end: String) -> [String] {
        var lines: [String] = []
        var line = ""
        for (index, word) in words.enumerated() {
            let isLast = index == words.count - 1
            if !line.isEmpty, line.count + 2 + word.count + (isLast ? end.count : 0) > 80 {
                lines.append(line)
                line = ""
            }
            let indentation = lines.isEmpty ? heading : String(repeating: " ", count: heading.count)
            line += (line.isEmpty ? indentation : "  ") + word + (isLast ? end : "")
        }
        return line.isEmpty ? lines : lines + [line]
    }

    private var uptime: String {
        let seconds = status["uptimeSeconds"]?.integer ?? 0
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = seconds / 86_400
        return (day > 0 ? "\(day)d " : "") + "\(seconds / 3600 % 24):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }

    // MARK: Streams

    private func publishers(_ streamWidth: Int, _ levelWidth: Int) -> [String] {
        let rows = list("publishers")
        guard !rows.isEmpty else { return [] }
        return ["", row("PUBLISH", "STATE", ["KB/S", "LOSS%", "RTT", "", ""], "LEVEL", streamWidth)]
            + rows.map { stream in
                let quality = stream["quality"]
                let isDevice = stream["source"] == "device"
                return row(
                    text(stream["streamID"]), state(stream),
                    [text(quality?["kbps"]), percent(quality?["packetLostRate"]), text(quality?["rttMs"]), "", ""],
                    errorWords(stream) ?? (isDevice ? bar(capturedLevel, levelWidth) : text(stream["source"])),
                    streamWidth)
            }
    }

    private func players(_ streamWidth: Int, _ levelWidth: Int) -> [String] {
        let rows = list("players")
        guard !rows.isEmpty else { return [] }
        return ["", row("PLAY", "STATE", ["KB/S", "LOSS%", "DELAY", "BUF", "MOS"], "LEVEL", streamWidth)]
            + rows.map { stream in
                let quality = stream["quality"]
                return row(
                    text(stream["streamID"]), state(stream),
                    [
                        text(quality?["kbps"]), percent(quality?["packetLostRate"]), text(quality?["endToEndMs"]),
                        text(quality?["jitterBufferMs"]), text(quality?["mos"]),
                    ], errorWords(stream) ?? bar(stream["streamID"]?.string.flatMap { remoteLevels[$0] }, levelWidth),
                    streamWidth)
            }
    }

    private func row(_ name: String, _ state: String, _ figures: [String], _ level: String, _ width: Int) -> String {
        let cells = figures.map { String(repeating: " ", count: max(0, 6 - $0.count)) + $0 }.joined()
        return "\(Self.fitted(name, width)) \(Self.fitted(state, 13))\(cells)  \(level)"
    }

    private func users(_ width: Int) -> [String] {
        list("rooms").filter { $0["userList"]?.array?.isEmpty == false }.flatMap { room in
            let names = (room["userList"]?.array ?? []).map { text($0["userID"]) }
            return ["", "USERS    \(names.joined(separator: ", "))"]
        }
    }

    private func state(_ stream: JSONValue) -> String {
        text(stream["state"]) + (stream["muted"] == true ? ", m" : "")
    }

    /// What a stream that failed shows instead of a level.
    private func errorWords(_ stream: JSONValue) -> String? {
        guard let code = stream["errorCode"]?.integer, code != 0 else { return nil }
        return ErrorWords.text(of: Int(code))
    }

    // MARK: -

    private func list(_ key: String) -> [JSONValue] { status[key]?.array ?? [] }

    private func text(_ value: JSONValue?) -> String { EventText.plain(value) }

    private func error(_ value: JSONValue) -> String {
        guard let code = value["errorCode"]?.integer, code != 0 else { return "" }
        return " (\(code))"
    }

    private func percent(_ value: JSONValue?) -> String {
        value?.double.map { Self.decimals($0 * 100) } ?? "-"
    }

    /// A level as a bar with its number; a dash while none is known.
    private func bar(_ level: Double?, _ width: Int) -> String {
        guard let level else { return "-" }
        let filled = Int((min(max(level, 0), 100) / 100 * Double(width)).rounded())
        return String(repeating: isUTF8 ? "█" : "#", count: filled)
            + String(repeating: isUTF8 ? "·" : ".", count: width - filled)
    }

    private static func decimals(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

    private static func fitted(_ text: String, _ width: Int) -> String {
        text.count > width
            ? text.prefix(width - 1) + "~" : text + String(repeating: " ", count: width - text.count)
    }
}
