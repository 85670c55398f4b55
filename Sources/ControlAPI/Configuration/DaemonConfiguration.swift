import Certificates
import JSONRPC
import Logging
import RoomModel
import Transport
import VoiceEngine

/// What `zegod.toml` says; every value has a default that works.
package struct DaemonConfiguration: Sendable {
    /// `[engine]`
    package struct Engine: Sendable, Equatable {
        package var appID: UInt32?
        package var appSign: AppSign?
        /// Nil: the embedded room server; else `ws://host:port` or `wss://host:port`.
        package var server: String?
        /// `tls_ca`, `tls_pin`: by what a server of `wss` is known.
        package var trust = ServerTrust.system
        package var scenario = Scenario.standardVoiceCall
        package var roomMode = RoomMode.single
        /// How long a login, a re-connection, a publisher or a player is tried again.
        package var retryWindowSeconds = 1200
        package var stunServers: [String] = []

        package init() {}
    }

    /// `[audio]`
    package struct Audio: Sendable, Equatable {
        package var input = "default"
        package var output = "default"
        package var periodMs = 10
        package var isLowDelay = false
        package var realtimePriority = 70
        package var echoCancellation = true
        package var dtx = false

        package init() {}
    }

    /// `[[join]]`: a room to be in from the start.
    package struct Join: Sendable, Equatable {
        /// What to play in the room.
        package enum Play: Sendable, Equatable {
            /// Every stream as it comes and goes.
            case all
            case streams([String])
        }

        package var roomID: String
        package var user: User
        /// The stream to publish; nil: none.
        package var publish: String?
        package var play: Play
    }

    package var engine = Engine()
    package var audio = Audio()
    package var server = ServerSection()
    /// `[files] directory`
    package var filesDirectory: String
    /// `[log] level`
    package var logLevel = Logger.Level.info
    package var joins: [Join] = []
    /// What the file says, key by key, to tell what a reload changes.
    package let json: JSONObject

    /// Reads the values of a file.
    ///
    /// - Parameters:
    ///   - stateDirectory: gives `[files] directory` its default.
    ///   - credentialsDirectory: systemd's, where `app_sign` may lie.
    package init(
        file: ConfigurationFile, stateDirectory: String, credentialsDirectory: String? = nil
    ) throws(ConfigurationError) {
        json = file.json
        filesDirectory = stateDirectory + "/media"
        do throws(JSONShapeError) {
            var root = JSONReader(file.json)
            var appSignFile: String?
            if var section = try root.optionalObject("engine") {
                appSignFile = try Self.engine(&section, &engine)
            }
            if var section = try root.optionalObject("audio") { try Self.audio(&section, &audio) }
            server.isEnabled = engine.server == nil
            if var section = try root.optionalObject("server") { server = try ServerSection(&section, server) }
            if var section = try root.optionalObject("files") {
                filesDirectory = try section.optionalString("directory") ?? filesDirectory
                try section.finish()
            }
            logLevel = try Self.logLevel(&root) ?? logLevel
            for (index, element) in (try root.optionalArray("join") ?? []).enumerated() {
                var section = try JSONReader(element.value, path: "join[\(index)]")
                joins.append(try Self.join(&section))
            }
            try root.finish()
            try Self.check(joins, roomMode: engine.roomMode)
            if file.json["engine"]?["app_sign"] != nil { try file.privacy("engine.app_sign") }
            if server.holdsSecrets { try file.privacy("server") }
            if engine.server == nil, !server.isEnabled {
                throw JSONShapeError(
                    path: "engine.server",
                    expected: "ws://host:port or wss://host:port, because server.enabled is false", got: "embedded")
            }
            try readAppSign(appSignFile, credentialsDirectory)
        } catch {
            throw file.error(error)
        }
    }

    // MARK: Sections

    private static func engine(
        _ section: inout JSONReader, _ engine: inout Engine
    ) throws(JSONShapeError) -> String? {
        engine.appID = try section.optionalInteger("app_id", in: 1...UInt32.max)
        if let text = try section.optionalString("app_sign") {
            engine.appSign = try appSign(text, key: "engine.app_sign")
        }
        let appSignFile = try section.optionalString("app_sign_file")
        if engine.appSign != nil, appSignFile != nil {
            throw JSONShapeError(path: "engine.app_sign_file", expected: "app_sign or app_sign_file", got: "both")
        }
        if let server = try section.optionalString("server"), server != "embedded" {
            guard isServerURL(server) else {
                throw JSONShapeError(
                    path: "engine.server", expected: "embedded, ws://host:port or wss://host:port", got: "\"\(server)\""
                )
            }
            engine.server = server
        }
        engine.trust = try TrustKeys.read(&section, server: engine.server)
        engine.scenario = try section.optionalChoice("scenario") ?? engine.scenario
        engine.roomMode = try section.optionalChoice("room_mode") ?? engine.roomMode
        engine.retryWindowSeconds =
            try section.optionalInteger("retry_window_s", in: 1...86_400) ?? engine.retryWindowSeconds
        engine.stunServers = try section.optionalStrings("stun_servers") ?? []
        for (index, text) in engine.stunServers.enumerated() where ICEServerURL(text)?.service != .stun {
            throw JSONShapeError(
                path: "\(section.path(of: "stun_servers"))[\(index)]", expected: "stun:host:port", got: "\"\(text)\"")
        }
        try section.finish()
        return appSignFile
    }

    private static func audio(_ section: inout JSONReader, _ audio: inout Audio) throws(JSONShapeError) {
        audio.input = try section.optionalString("input") ?? audio.input
        audio.output = try section.optionalString("output") ?? audio.output
        audio.periodMs = try section.optionalInteger("period_ms", in: 5...40) ?? audio.periodMs
        audio.isLowDelay = try section.optionalBool("low_delay") ?? audio.isLowDelay
        audio.realtimePriority = try section.optionalInteger("realtime_priority", in: 0...99) ?? audio.realtimePriority
        audio.echoCancellation = try section.optionalBool("echo_cancellation") ?? audio.echoCancellation
        audio.dtx = try section.optionalBool("dtx") ?? audio.dtx
        try section.finish()
    }

    /// `[log] level`, which both daemons have.
    static func logLevel(_ root: inout JSONReader) throws(JSONShapeError) -> Logger.Level? {
        guard var section = try root.optionalObject("log") else { return nil }
        let level = try section.optionalChoice("level", as: Logger.Level.self)
        try section.finish()
        return level
    }

    private static func join(_ section: inout JSONReader) throws(JSONShapeError) -> Join {
        let roomID = try identifier(section.string("room"), section.path(of: "room")) { text throws(ZegoError) in
            try RoomID(text).rawValue
        }
        let userID = try identifier(section.string("user"), section.path(of: "user")) { text throws(ZegoError) in
            try UserID(text)
        }
        let publish = try section.optionalString("publish") ?? ""
        if !publish.isEmpty { try streamID(publish, section.path(of: "publish")) }
        let play: Join.Play
        switch section.optionalValue("play") {
        case nil: play = .streams([])
        case "all": play = .all
        case .array:
            let streams = try section.strings("play")
            for (index, stream) in streams.enumerated() {
                try streamID(stream, "\(section.path(of: "play"))[\(index)]")
            }
            play = .streams(streams)
        case .some(let other):
            throw JSONShapeError(
                path: section.path(of: "play"), expected: "\"all\" or a list of streams", got: other.description)
        }
        try section.finish()
        return Join(roomID: roomID, user: User(userID: userID), publish: publish.isEmpty ? nil : publish, play: play)
    }

    private static func streamID(_ text: String, _ key: String) throws(JSONShapeError) {
        _ = try identifier(text, key) { text throws(ZegoError) in try StreamID(text) }
    }

    private static func identifier<Identifier>(
        _ text: String, _ key: String, _ make: (String) throws(ZegoError) -> Identifier
    ) throws(JSONShapeError) -> Identifier {
        do {
            return try make(text)
        } catch {
            throw JSONShapeError(path: key, expected: error.code.hint, got: "\"\(text)\" (\(error.message))")
        }
    }

    private static func check(_ joins: [Join], roomMode: RoomMode) throws(JSONShapeError) {
        for (index, join) in joins.enumerated().dropFirst() {
            guard roomMode == .multi else {
                throw JSONShapeError(
                    path: "engine.room_mode", expected: "\"multi\", because there are several [[join]]",
                    got: "\"\(roomMode.rawValue)\"")
            }
            guard index < roomMode.limit else {
                throw JSONShapeError(path: "join", expected: "at most \(roomMode.limit) rooms", got: "\(joins.count)")
            }
            guard join.user == joins[0].user else {
                throw JSONShapeError(
                    path: "join[\(index)].user", expected: "the user of all [[join]], \"\(joins[0].user.userID)\"",
                    got: "\"\(join.user.userID)\"")
            }
            guard !joins[..<index].contains(where: { $0.roomID == join.roomID }) else {
                throw JSONShapeError(path: "join[\(index)].room", expected: "each room once", got: "\"\(join.roomID)\"")
            }
        }
    }

    // MARK: Secrets

    private mutating func readAppSign(
        _ path: String?, _ credentialsDirectory: String?
    ) throws(JSONShapeError) {
        let key = "engine.app_sign_file"
        guard engine.appSign == nil else { return }
        let credential = credentialsDirectory.map { $0 + "/app_sign" }
        guard let source = path ?? credential else { return }
        let content: (bytes: [UInt8], mode: UInt32)?
        do {
            content = try SmallFile.read(source)
        } catch {
            throw JSONShapeError(path: key, expected: "a file that can be read", got: error.description)
        }
        guard let content else {
            if path == nil { return }
            throw JSONShapeError(path: key, expected: "a file", got: "\(source), which does not exist")
        }
        guard content.mode & 0o007 == 0 else {
            throw JSONShapeError(
                path: key, expected: "a file that others cannot read (chmod o= \(source))", got: "one that they can")
        }
        let text = String(decoding: content.bytes, as: UTF8.self).filter { !$0.isWhitespace }
        engine.appSign = try Self.appSign(text, key: key)
    }

    static func appSign(_ text: String, key: String) throws(JSONShapeError) -> AppSign {
        do {
            return try AppSign(hexadecimal: text)
        } catch {
            // The value stays out of the message: it may be the secret with one slip in it.
            throw JSONShapeError(path: key, expected: "64 hexadecimal digits", got: "\(text.utf8.count) characters")
        }
    }

    /// Whether a text is `ws://host`, `wss://host` or one of them with a port.
    package static func isServerURL(_ text: String) -> Bool {
        guard let scheme = ["ws://", "wss://"].first(where: text.hasPrefix) else { return false }
        let authority = text.dropFirst(scheme.count)
        let port: Substring
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            let host = authority[authority.index(after: authority.startIndex)..<end]
            guard TransportAddress(host: String(host), port: 0) != nil else { return false }
            port = authority[authority.index(after: end)...]
        } else {
            let host = authority.prefix { $0 != ":" }
            guard !host.isEmpty, host.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) })
            else { return false }
            port = authority.dropFirst(host.count)
        }
        return port.isEmpty || port.hasPrefix(":") && UInt16(port.dropFirst()).map { $0 > 0 } == true
    }
}

extension ConfigurationFile {
    /// ``requirePrivacy(because:)`` in the words of a reader.
    fileprivate func privacy(_ key: String) throws(JSONShapeError) {
        do {
            try requirePrivacy(because: key)
        } catch {
            throw JSONShapeError(
                path: key, expected: "a file that others cannot read, for it holds secrets (chmod o= \(path))",
                got: "one that they can")
        }
    }
}
