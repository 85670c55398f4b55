import JSONRPC
import VoiceEngine

/// What the callers asked for and still want, as the calls that bring it about: a value that is told of every call that
/// succeeded, and answers which calls have to be made again after a restart.
package struct RememberedCalls: Sendable, Equatable {
    /// One call.
    package struct Call: Sendable, Equatable {
        package var method: String
        package var params: JSONObject
        /// What the configuration said of the same thing when the call was made; a later change of it counts more.
        package var configured: String?

        package init(method: String, params: JSONObject, configured: String? = nil) {
            self.method = method
            self.params = params
            self.configured = configured
        }

        /// Whether it is about a stream of a WHIP or WHEP server.
        var goesToNoRoom: Bool { params["whip"] != nil || params["whep"] != nil }
    }

    /// How the engine is when a call has succeeded.
    package struct Situation: Sendable, Equatable {
        /// The rooms that are entered or being entered.
        package var rooms: [String] = []
        /// Whether there is only one room at a time.
        package var isSingleRoom = false
        /// As whom, as `loginRoom` takes it.
        package var user: JSONValue?

        package init(rooms: [String] = [], isSingleRoom: Bool = false, user: JSONValue? = nil) {
            self.rooms = rooms
            self.isSingleRoom = isSingleRoom
            self.user = user
        }
    }

    /// What a call is about: of two calls about the same, the later one counts. In the order in which they are made again.
    private enum Subject: Hashable {
        case engine
        case setting(String, of: String)
        case recording(path: String)
        case room(String)
        case publisher(channel: String)
        case player(streamID: String)
        case playerSetting(String, streamID: String)

        var rank: Int {
            switch self {
            case .engine: 0
            case .setting: 1
            case .recording: 2
            case .room: 3
            case .publisher: 4
            case .player: 5
            case .playerSetting: 6
            }
        }
    }

    private struct Entry: Equatable {
        let subject: Subject
        var call: Call
    }

    private var entries: [Entry] = []

    package init() {}

    /// All calls, in the order in which they have to be made.
    package var calls: [Call] {
        entries.enumerated()
            .sorted { ($0.element.subject.rank, $0.offset) < ($1.element.subject.rank, $1.offset) }
            .map(\.element.call)
    }

    package var isEmpty: Bool { entries.isEmpty }

    /// The call that made the engine; nil when the daemon made it by itself.
    package var engine: Call? { entries.first { $0.subject == .engine }?.call }

    /// The device of `type` (`input`, `output`) that was chosen.
    package func device(_ type: String) -> Call? {
        entries.first { $0.subject == .setting("device", of: type) }?.call
    }

    /// The name of the device of `type` that was chosen.
    package func deviceID(_ type: String) -> String? { device(type)?.params["deviceID"]?.string }

    /// The settings that hold whatever is published and played, without the devices.
    package var settings: [Call] {
        entries.filter { entry in
            if case .setting(let name, _) = entry.subject { name != "device" } else { false }
        }.map(\.call)
    }

    /// What is recorded.
    package var recordings: [Call] {
        entries.filter { if case .recording = $0.subject { true } else { false } }.map(\.call)
    }

    /// The rooms with the calls that entered them.
    package var rooms: [(roomID: String, call: Call)] {
        entries.compactMap { entry in
            if case .room(let roomID) = entry.subject { (roomID, entry.call) } else { nil }
        }
    }

    package func hasRoom(_ roomID: String) -> Bool { entries.contains { $0.subject == .room(roomID) } }

    package func hasPlayer(_ streamID: String) -> Bool {
        entries.contains { $0.subject == .player(streamID: streamID) }
    }

    /// What is published and played in a room, with the settings of what is played.
    package func streams(in roomID: String) -> [Call] {
        streams { $0.params["roomID"]?.string == roomID }
    }

    /// What goes to WHIP servers and comes from WHEP servers, in no room, with the settings of what is played.
    package var endpointStreams: [Call] { streams { $0.goesToNoRoom } }

    private func streams(_ isMeant: (Call) -> Bool) -> [Call] {
        let streams = entries.filter { entry in
            switch entry.subject {
            case .publisher, .player: isMeant(entry.call)
            default: false
            }
        }.sorted { $0.subject.rank < $1.subject.rank }
        let settings = streams.flatMap { stream -> [Entry] in
            guard case .player(let streamID) = stream.subject else { return [] }
            return entries.filter { entry in
                if case .playerSetting(_, streamID) = entry.subject { true } else { false }
            }
        }
        return (streams + settings).map(\.call)
    }

    // MARK: Changes

    /// A call has succeeded.
    package mutating func note(_ call: Call, as memory: CallMemory, in situation: Situation = Situation()) {
        var call = call
        call.params["wait"] = nil
        func text(_ key: String) -> String? { call.params[key]?.string }
        switch memory {
        case .none: break
        case .makesEngine: put(call, .engine)
        case .forgetsAll: entries = []
        case .entersRoom:
            guard let roomID = text("roomID") else { return }
            if situation.isSingleRoom {
                for (other, _) in rooms where other != roomID { leave(other) }
            }
            put(call, .room(roomID))
        case .leavesRooms: leave(text("roomID"))
        case .switchesRoom: switchRoom(call.params, in: situation)
        case .renewsToken:
            guard let index = entries.firstIndex(where: { $0.subject == .room(text("roomID") ?? "") }) else { return }
            var config = entries[index].call.params["config"]?.object ?? [:]
            config["token"] = call.params["token"]
            entries[index].call.params["config"] = .object(config)
        case .publishes:
            if text("roomID") == nil, !call.goesToNoRoom {
                call.params["roomID"] = situation.rooms.first.map { .string($0) }
            }
            put(call, .publisher(channel: text("channel") ?? Self.mainChannel))
        case .stopsPublishing:
            let streamID = text("streamID")
            let channel = text("channel") ?? Self.mainChannel
            let stopped = entries.filter { entry in
                guard case .publisher(let other) = entry.subject else { return false }
                return streamID == nil ? other == channel : entry.call.params["streamID"]?.string == streamID
            }
            for entry in stopped { remove(entry.subject) }
        case .plays: notePlayer(call, in: situation)
        case .stopsPlaying: if let streamID = text("streamID") { stopPlaying(streamID) }
        case .records: if let path = text("path") { put(call, .recording(path: path)) }
        case .stopsRecording: stopRecording(path: text("path"), type: text("type"))
        case .setting(let name, let key):
            put(call, .setting(name, of: key.map { text($0) ?? ($0 == "channel" ? Self.mainChannel : "") } ?? ""))
        case .scenario(let names):
            entries.removeAll { entry in
                if case .setting(let name, _) = entry.subject { names.contains(name) } else { false }
            }
            put(call, .setting("scenario", of: ""))
        case .device: put(call, .setting("device", of: text("type") ?? ""))
        case .playerSetting(let name):
            if let streamID = text("streamID") { put(call, .playerSetting(name, streamID: streamID)) }
        case .settingOfAllPlayers(let name):
            entries.removeAll { entry in
                if case .playerSetting(name, _) = entry.subject { true } else { false }
            }
            put(call, .setting(name, of: ""))
        }
    }

    /// What `channel` is when a call does not say it.
    private static let mainChannel = "main"

    /// What is taken up again is the login to the room where one is now.
    private mutating func switchRoom(_ params: JSONObject, in situation: Situation) {
        guard let left = params["fromRoomID"]?.string, let entered = params["toRoomID"] else { return }
        let user = rooms.first { $0.roomID == left }?.call.params["user"] ?? situation.user
        leave(left)
        guard let user, let roomID = entered.string else { return }
        var login: JSONObject = ["roomID": entered, "user": user]
        login["config"] = params["config"]
        put(Call(method: "loginRoom", params: login), .room(roomID))
    }

    /// A stream that is played already stays as it is, but for the bounds of its buffer.
    private mutating func notePlayer(_ call: Call, in situation: Situation) {
        guard let streamID = call.params["streamID"]?.string else { return }
        if let index = entries.firstIndex(where: { $0.subject == .player(streamID: streamID) }) {
            if let range = call.params["bufferRange"] { entries[index].call.params["bufferRange"] = range }
            return
        }
        var call = call
        if call.params["roomID"] == nil, !call.goesToNoRoom {
            call.params["roomID"] = situation.rooms.first.map { .string($0) }
        }
        put(call, .player(streamID: streamID))
    }

    /// A recording has ended by itself: its file cannot be written any more.
    package mutating func recordingEnded(_ path: String) { stopRecording(path: path, type: nil) }

    /// - Parameter path: of the file, or as the call had it; nil: of all.
    private mutating func stopRecording(path: String?, type: String?) {
        let isKnown = path.map { path in entries.contains { $0.subject == .recording(path: path) } } ?? false
        entries.removeAll { entry in
            guard case .recording(let other) = entry.subject else { return false }
            guard type == nil || entry.call.params["type"]?.string == type else { return false }
            guard let path else { return true }
            return isKnown ? other == path : NumberedName.isContinuation(path, of: other)
        }
    }

    /// A room has ended for good: its user was put out, or its credentials were refused.
    package mutating func roomEnded(_ roomID: String) { leave(roomID) }

    /// A stream ended by itself and is played anew: how it was played before counts no more.
    package mutating func forgetPlayer(_ streamID: String) { stopPlaying(streamID) }

    /// The configuration decides about the device of `type` again.
    package mutating func forgetDevice(_ type: String) {
        entries.removeAll { $0.subject == .setting("device", of: type) }
    }

    /// What `[[join]]` asks for goes before what is remembered: its rooms and its publishers, and in an engine of one
    /// room that room.
    ///
    /// - Parameters:
    ///   - users: the userID with which each room of `[[join]]` is entered; all of an engine's rooms have the same.
    ///   - publishesMain: whether `[[join]]` publishes.
    package mutating func yield(
        toRooms joined: [String], users: Set<String>, publishesMain: Bool, isSingleRoom: Bool
    ) {
        guard !joined.isEmpty else { return }
        for (roomID, call) in rooms {
            let user = call.params["user"]?["userID"]?.string ?? ""
            if joined.contains(roomID) {
                entries.removeAll { $0.subject == .room(roomID) }
            } else if isSingleRoom || !users.contains(user) {
                leave(roomID)
            }
        }
        if publishesMain { entries.removeAll { $0.subject == .publisher(channel: Self.mainChannel) } }
        // Streams of rooms that nobody enters any more.
        let entered = Set(joined).union(rooms.map(\.roomID))
        let orphans = entries.filter { entry in
            switch entry.subject {
            case .publisher, .player:
                !entry.call.goesToNoRoom
                    && !(entry.call.params["roomID"]?.string).map(entered.contains, default: false)
            default: false
            }
        }
        for orphan in orphans { remove(orphan.subject) }
    }

    private mutating func put(_ call: Call, _ subject: Subject) {
        if let index = entries.firstIndex(where: { $0.subject == subject }) {
            entries[index].call = call
        } else {
            entries.append(Entry(subject: subject, call: call))
        }
    }

    private mutating func remove(_ subject: Subject) {
        if case .player(let streamID) = subject {
            stopPlaying(streamID)
        } else {
            entries.removeAll { $0.subject == subject }
        }
        // The text of a stream ends with it.
        if case .publisher(let channel) = subject {
            entries.removeAll { $0.subject == .setting("streamExtraInfo", of: channel) }
        }
    }

    private mutating func stopPlaying(_ streamID: String) {
        entries.removeAll { entry in
            switch entry.subject {
            case .player(streamID), .playerSetting(_, streamID): true
            default: false
            }
        }
    }

    /// Nil: all rooms.
    private mutating func leave(_ roomID: String?) {
        let left = entries.filter { entry in
            switch entry.subject {
            case .room(let other): roomID == nil || other == roomID
            case .publisher, .player:
                !entry.call.goesToNoRoom && (roomID == nil || entry.call.params["roomID"]?.string == roomID)
            default: false
            }
        }
        for entry in left { remove(entry.subject) }
    }
}

extension Optional {
    fileprivate func map<Value>(_ transform: (Wrapped) -> Value, default value: Value) -> Value {
        map(transform) ?? value
    }
}
