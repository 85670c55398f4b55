import ControlAPI
import JSONRPC
import RoomModel
import Testing
import Transport
import VoiceEngine

/// "Applying the events after a snapshot to that snapshot gives what `status` says."
@Suite("Status is snapshot plus events")
struct StatusPropertyTests {
    /// Moves an engine through random but lawful states, as an engine does: snapshot and event by event.
    private struct Walk {
        let engine: ScriptedEngine
        var random: RandomSource

        private func user(_ number: Int) throws -> User { User(userID: try UserID("user\(number)")) }

        private func stream(_ number: Int) throws -> StreamDescription {
            StreamDescription(streamID: try StreamID("stream\(number)"), user: try user(number))
        }

        mutating func step() throws {
            let roomID = "room\(Int.random(in: 0..<2, using: &random))"
            let number = Int.random(in: 0..<4, using: &random)
            let failure = Bool.random(using: &random) ? 0 : 1_003_020
            switch Int.random(in: 0..<15, using: &random) {
            case 0: try login(roomID)
            case 1:
                leave(
                    roomID,
                    [.logout, .kickOut, .loginFailed, .reconnectFailed].randomElement(using: &random) ?? .logout)
            case 2: change(roomID, .reconnecting, 1_002_051)
            case 3: change(roomID, .reconnected, 0)
            case 4, 5: try users(roomID, number)
            case 6, 7: try streams(roomID, number)
            case 8: count(roomID, number)
            case 12: try streamInfo(roomID, number)
            case 13: try roomInfo(roomID, number)
            case 9: publish(number, failure)
            case 10: play(number, failure)
            case 11: record("file\(number).wav", fails: failure != 0)
            default: device(number)
            }
        }

        private func login(_ roomID: String) throws {
            let user = try user(9)
            engine.raise(.roomState(roomID: roomID, reason: .logining, errorCode: 0, extendedData: [:])) { snapshot in
                snapshot.rooms.removeAll { $0.reason.isFinal || $0.roomID == roomID && $0.reason.isFinal }
                snapshot.publishers.removeAll { $0.state == .noPublish }
                snapshot.players.removeAll { $0.state == .noPlay }
                if let index = snapshot.rooms.firstIndex(where: { $0.roomID == roomID }) {
                    snapshot.rooms[index].reason = .logining
                    snapshot.rooms[index].errorCode = 0
                    snapshot.rooms[index].empty()
                    snapshot.rooms[index].roomSessionID = ""
                } else {
                    snapshot.rooms.append(
                        .init(
                            roomID: roomID, reason: .logining, errorCode: 0, user: user, roomSessionID: "",
                            isUserStatusNotify: true, userList: [], streamList: [], onlineUserCount: 0,
                            roomExtraInfo: [:]))
                }
            }
            engine.raise(
                .roomState(roomID: roomID, reason: .logined, errorCode: 0, extendedData: ["roomSessionID": "s"])
            ) { snapshot in
                snapshot.room(roomID) {
                    $0.reason = .logined
                    $0.roomSessionID = "s"
                }
            }
        }

        private func record(_ path: String, fails: Bool) {
            if engine.snapshot().recordings.contains(where: { $0.path == path }) {
                engine.raise(
                    .recordingState(
                        path: path, type: .mix, state: fails ? .failed : .stopped, errorCode: fails ? 1_010_017 : 0)
                ) { $0.recordings.removeAll { $0.path == path } }
            } else {
                engine.raise(.recordingState(path: path, type: .mix, state: .started, errorCode: 0)) {
                    $0.recordings.append(.init(path: path, type: .mix))
                }
            }
        }

        private func leave(_ roomID: String, _ reason: RoomStateReason) {
            guard engine.snapshot().rooms.contains(where: { $0.roomID == roomID }) else { return }
            engine.raise(.roomState(roomID: roomID, reason: reason, errorCode: 7, extendedData: [:])) { snapshot in
                snapshot.room(roomID) {
                    $0.reason = reason
                    $0.errorCode = 7
                    $0.empty()
                }
            }
        }

        private func change(_ roomID: String, _ reason: RoomStateReason, _ errorCode: Int) {
            guard engine.snapshot().rooms.contains(where: { $0.roomID == roomID }) else { return }
            engine.raise(.roomState(roomID: roomID, reason: reason, errorCode: errorCode, extendedData: [:])) {
                snapshot in
                snapshot.room(roomID) {
                    $0.reason = reason
                    $0.errorCode = errorCode
                }
            }
        }

        private func users(_ roomID: String, _ number: Int) throws {
            let user = try user(number)
            guard let room = engine.snapshot().rooms.first(where: { $0.roomID == roomID }) else { return }
            let isThere = room.userList.contains(user)
            engine.raise(.userUpdate(roomID: roomID, updateType: isThere ? .delete : .add, userList: [user])) {
                snapshot in
                snapshot.room(roomID) {
                    if isThere { $0.userList.removeAll { $0 == user } } else { $0.userList.append(user) }
                }
            }
        }

        private func streams(_ roomID: String, _ number: Int) throws {
            let stream = try stream(number)
            guard let room = engine.snapshot().rooms.first(where: { $0.roomID == roomID }) else { return }
            let isThere = room.streamList.contains { $0.streamID == stream.streamID }
            engine.raise(
                .streamUpdate(
                    roomID: roomID, updateType: isThere ? .delete : .add, streamList: [stream], extendedData: [:])
            ) { snapshot in
                snapshot.room(roomID) {
                    if isThere {
                        $0.streamList.removeAll { $0.streamID == stream.streamID }
                    } else {
                        $0.streamList.append(stream)
                    }
                }
            }
        }

        private func count(_ roomID: String, _ number: Int) {
            guard engine.snapshot().rooms.contains(where: { $0.roomID == roomID }) else { return }
            engine.raise(.onlineUserCount(roomID: roomID, count: number)) { snapshot in
                snapshot.room(roomID) { $0.onlineUserCount = number }
            }
        }

        private mutating func streamInfo(_ roomID: String, _ number: Int) throws {
            guard let room = engine.snapshot().rooms.first(where: { $0.roomID == roomID }) else { return }
            guard var stream = room.streamList.first(where: { $0.streamID.rawValue == "stream\(number)" }) else {
                return
            }
            stream.extraInfo = try StreamExtraInfo("\(Int.random(in: 0..<9, using: &random))")
            engine.raise(.streamExtraInfo(roomID: roomID, streamList: [stream])) { [stream] snapshot in
                snapshot.room(roomID) { room in
                    for index in room.streamList.indices where room.streamList[index].streamID == stream.streamID {
                        room.streamList[index] = stream
                    }
                }
            }
        }

        private func roomInfo(_ roomID: String, _ number: Int) throws {
            guard engine.snapshot().rooms.contains(where: { $0.roomID == roomID }) else { return }
            let info = try RoomExtraInfo(key: "topic", value: "\(number)", updateUser: user(1), updateTime: 5)
            engine.raise(.roomExtraInfo(roomID: roomID, roomExtraInfoList: [info])) { snapshot in
                snapshot.room(roomID) { $0.roomExtraInfo["topic"] = .string(info.value) }
            }
        }

        private mutating func publish(_ number: Int, _ failure: Int) {
            let streamID = "mine\(number)"
            let state = [PublisherState.noPublish, .publishRequesting, .publishing].randomElement(using: &random)
            guard let state else { return }
            engine.raise(
                .publisherState(streamID: streamID, state: state, errorCode: failure, extendedData: [:])
            ) { snapshot in
                let index = snapshot.publishers.firstIndex { $0.streamID == streamID }
                if state == .noPublish, failure == 0 {
                    snapshot.publishers.removeAll { $0.streamID == streamID }
                } else if let index {
                    snapshot.publishers[index].state = state
                    snapshot.publishers[index].errorCode = failure
                } else {
                    snapshot.publishers.append(
                        .init(
                            streamID: streamID, roomID: "room0", channel: .main, state: state, errorCode: failure,
                            source: "device", muted: false, quality: nil))
                }
            }
        }

        private mutating func play(_ number: Int, _ failure: Int) {
            let streamID = "stream\(number)"
            let state = [PlayerState.noPlay, .playRequesting, .playing].randomElement(using: &random)
            guard let state else { return }
            engine.raise(.playerState(streamID: streamID, state: state, errorCode: failure, extendedData: [:])) {
                snapshot in
                let index = snapshot.players.firstIndex { $0.streamID == streamID }
                if state == .noPlay, failure == 0 {
                    snapshot.players.removeAll { $0.streamID == streamID }
                } else if let index {
                    snapshot.players[index].state = state
                    snapshot.players[index].errorCode = failure
                } else {
                    snapshot.players.append(
                        .init(
                            streamID: streamID, roomID: "room0", state: state, errorCode: failure, volume: 100,
                            muted: false, quality: nil))
                }
            }
            guard engine.snapshot().players.contains(where: { $0.streamID == streamID }) else { return }
            let quality = PlayerQuality(
                kbps: Double(number), rttMs: 1, packetLostRate: 0, concealedRate: 0, jitterBufferMs: 20,
                endToEndMs: nil, mos: 4)
            engine.raise(.playerQuality(streamID: streamID, quality: quality)) { snapshot in
                for index in snapshot.players.indices where snapshot.players[index].streamID == streamID {
                    snapshot.players[index].quality = quality
                }
            }
        }

        private func device(_ number: Int) {
            let state = number == 0 ? "running" : "failed"
            engine.raise(.deviceState(type: .input, deviceID: "card\(number)", state: state, errorCode: number)) {
                $0.audio.input = .init(deviceID: "card\(number)", state: state, errorCode: number)
            }
        }
    }

    /// What no event tells: who one is in a room, and with what a stream was asked for.
    private func withoutUntold(_ status: JSONObject) throws -> JSONObject {
        // Through the text, where 2.0 and 2 are the same.
        var status = try #require(JSONValue(parsing: JSONValue.object(status).serialized()).object)
        status["uptimeSeconds"] = nil
        for (list, keys) in [
            "rooms": ["user", "isUserStatusNotify"],
            "publishers": ["roomID", "channel", "source", "muted"], "players": ["roomID", "volume", "muted"],
        ] {
            let entries = (status[list]?.array ?? []).map { entry -> JSONValue in
                var object = entry.object ?? [:]
                for key in keys { object[key] = nil }
                return .object(object)
            }
            status[list] = .array(entries)
        }
        return status
    }

    @Test("Random walks from random starting points", arguments: 0..<16)
    func randomWalk(seed: Int) async throws {
        let log = EventLog(instance: "i")
        let engines = EngineController(log: log) { _, sink in ScriptedEngine(sink: sink) }
        _ = try await engines.create(EngineOptions())
        let engine = try #require(engines.running as? ScriptedEngine)
        let status = DaemonStatus(version: "1", log: log, engines: engines) { ["enabled": false] }
        var walk = Walk(engine: engine, random: .seeded(UInt64(seed)))
        for _ in 0..<(seed * 3) { try walk.step() }

        let start = log.subscribe(
            SubscriptionOptions(style: .object), wantsSnapshot: true, source: status.source, wake: {})
        var mirror = try #require(start.snapshot)
        for step in 1...100 {
            try walk.step()
            while let lines = start.subscription.nextLines() {
                for line in lines.split(separator: 0x0A) {
                    let event = try #require(try JSONValue(parsing: line).object)
                    let name = try #require(event["event"]?.string)
                    StatusReducer.apply(event: name, fields: event, to: &mirror)
                    mirror["seq"] = event["seq"]
                    // An event seen twice changes nothing more.
                    let once = mirror
                    StatusReducer.apply(event: name, fields: event, to: &mirror)
                    try #require(mirror == once)
                }
            }
            guard step.isMultiple(of: 5) else { continue }
            try #require(try withoutUntold(mirror) == withoutUntold(status.status()))
        }
    }

    @Test("A status that memory has not caught up with is completed from the ring")
    func lateMemory() throws {
        let log = EventLog(instance: "i")
        log.append(.roomState(roomID: "r", reason: .logining, errorCode: 0, extendedData: [:]))
        log.append(.roomState(roomID: "r", reason: .logined, errorCode: 0, extendedData: ["roomSessionID": "s"]))
        let status = log.status(from: {
            StatusBase(status: ["rooms": [["roomID": "r", "reason": "logining", "errorCode": 0]]], lastSeq: 1)
        })
        #expect(status["rooms"]?[0]?["reason"] == "logined")
        #expect(status["rooms"]?[0]?["roomSessionID"] == "s")
        #expect(status["seq"] == 2)
    }
}

extension EngineSnapshot {
    fileprivate mutating func room(_ roomID: String, _ body: (inout Room) -> Void) {
        guard let index = rooms.firstIndex(where: { $0.roomID == roomID }) else { return }
        body(&rooms[index])
    }
}

extension EngineSnapshot.Room {
    fileprivate mutating func empty() {
        userList = []
        streamList = []
        onlineUserCount = 0
        roomExtraInfo = [:]
    }
}
