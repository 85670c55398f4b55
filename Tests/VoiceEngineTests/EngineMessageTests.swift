import JSONRPC
import RoomModel
import Testing
import VoiceEngine

/// Messages and extra infos between engines over a real room server.
@Suite(.serialized, .timeLimit(.minutes(2))) struct EngineMessageTests {
    private static func chat(_ events: EventRecorder) -> [String] {
        events.events.compactMap { event in
            guard case .message(let message) = event else { return nil }
            return "\(event.name) \(message.fromUser.userID) \(message.text.text)"
        }
    }

    @Test func messagesReachTheOthersInOrderAndNeverTheSender() async throws {
        let bed = try await TestBed()
        let (anna, annasEvents) = try await bed.engine()
        let (ben, bensEvents) = try await bed.engine()
        await #expect(throws: ZegoError(.notLoggedIn)) {
            try await anna.sendBroadcastMessage(roomID: "room1", message: "m")
        }
        try await bed.login(anna, "anna")
        try await bed.login(ben, "ben")
        await #expect(throws: ZegoError(.messageRoomInconsistent)) {
            try await anna.sendBroadcastMessage(roomID: "room2", message: "m")
        }
        await #expect(throws: ZegoError(.messageNull)) {
            try await anna.sendBarrageMessage(roomID: "room1", message: "")
        }
        await #expect(throws: ZegoError(.messageTooLong)) {
            try await anna.sendCustomCommand(
                roomID: "room1", command: String(repeating: "x", count: 1025), toUserList: [])
        }
        let first = try await anna.sendBroadcastMessage(roomID: "room1", message: "one")
        let second = try await anna.sendBarrageMessage(roomID: "room1", message: "two")
        let third = try await anna.sendCustomCommand(roomID: "room1", command: "three", toUserList: ["ben"])
        _ = try await anna.sendCustomCommand(roomID: "room1", command: "not for ben", toUserList: ["carl"])
        #expect(first.messageID < second.messageID && second.messageID < third.messageID)
        let last = try await bensEvents.wait("custom-command") { $0.name == "custom-command" }
        #expect(last.fields["messageID"] == .integer(third.messageID.number))
        #expect(last.fields["command"] == "three" && last.fields["message"] == nil)
        #expect(last.fields["fromUser"] == ["userID": "anna", "userName": "anna"])
        _ = try await anna.sendBroadcastMessage(roomID: "room1", message: "four")
        await #expect(throws: ZegoError(.broadcastTooFrequent)) {
            try await anna.sendBroadcastMessage(roomID: "room1", message: "five")
        }
        try await bensEvents.wait("the last message") {
            if case .message(let message) = $0 { message.text.text == "four" } else { false }
        }
        #expect(
            Self.chat(bensEvents) == [
                "broadcast-message anna one", "barrage-message anna two", "custom-command anna three",
                "broadcast-message anna four",
            ])
        #expect(Self.chat(annasEvents) == [])
        _ = await anna.destroy()
        _ = await ben.destroy()
        await bed.stop()
    }

    @Test func aMessageOutlivesACutSocket() async throws {
        let bed = try await TestBed()
        let relay = try await SocketRelay(to: bed.port)
        let (anna, annasEvents) = try await bed.engine(port: relay.port)
        let (ben, bensEvents) = try await bed.engine(port: relay.port)
        try await bed.login(anna, "anna")
        try await bed.login(ben, "ben")
        relay.cut()
        _ = try await anna.sendBroadcastMessage(roomID: "room1", message: "through")
        try await bensEvents.wait("the message") { $0.name == "broadcast-message" }
        try await annasEvents.waitForRoom(.reconnected)
        #expect(Self.chat(bensEvents) == ["broadcast-message anna through"])
        _ = await anna.destroy()
        _ = await ben.destroy()
        try await relay.stop()
        await bed.stop()
    }

    @Test func textsOnStreamsAndRooms() async throws {
        let bed = try await TestBed()
        let (anna, annasEvents) = try await bed.engine()
        let (ben, bensEvents) = try await bed.engine()
        try await bed.login(ben, "ben")
        await #expect(throws: ZegoError(.streamExtraInfoTooLong)) {
            try await anna.setStreamExtraInfo(String(repeating: "x", count: 1024))
        }
        // Before the stream is there.
        _ = try await anna.setStreamExtraInfo("early")
        try await bed.login(anna, "anna")
        _ = try await anna.startPublishing(streamID: "voice", source: .silence, wait: .seconds(10))
        try await bensEvents.wait("the stream with its text") {
            if case .streamUpdate(_, .add, let streams, _) = $0 {
                streams.first?.extraInfo.text == "early"
            } else {
                false
            }
        }
        _ = try await anna.setStreamExtraInfo("late")
        try await bensEvents.wait("stream-extra-info") {
            if case .streamExtraInfo("room1", let streams) = $0 {
                streams.first?.extraInfo.text == "late"
            } else {
                false
            }
        }
        #expect(ben.snapshot().rooms.first?.streamList.first?.extraInfo.text == "late")
        // The text ends with the stream.
        _ = try await anna.stopPublishing()
        let mark = bensEvents.mark
        _ = try await anna.startPublishing(streamID: "voice", source: .silence, wait: .seconds(10))
        try await bensEvents.wait("the stream without a text", after: mark) {
            if case .streamUpdate(_, .add, let streams, _) = $0 {
                streams.first?.extraInfo == StreamExtraInfo.none
            } else {
                false
            }
        }

        await #expect(throws: ZegoError(.roomExtraInfoKeyTooLong)) {
            try await anna.setRoomExtraInfo(roomID: "room1", key: "elevenbytes", value: "v")
        }
        await #expect(throws: ZegoError(.roomIDIncorrect)) {
            try await anna.setRoomExtraInfo(roomID: "room2", key: "topic", value: "v")
        }
        _ = try await anna.setRoomExtraInfo(roomID: "room1", key: "topic", value: "tea")
        let told = try await bensEvents.wait("room-extra-info") { $0.name == "room-extra-info" }
        #expect(told.fields["roomExtraInfoList"]?[0]?["value"] == "tea")
        #expect(told.fields["roomExtraInfoList"]?[0]?["updateUser"]?["userID"] == "anna")
        #expect(anna.snapshot().rooms.first?.roomExtraInfo == ["topic": "tea"])
        #expect(ben.snapshot().rooms.first?.roomExtraInfo == ["topic": "tea"])
        do {
            _ = try await ben.setRoomExtraInfo(roomID: "room1", key: "other", value: "v")
            Issue.record("a room took a second key")
        } catch let error as ZegoError {
            #expect(error.code == .roomExtraInfoTooManyKeys)
        }
        #expect(!annasEvents.lines.contains { $0.hasPrefix("room-extra-info") })
        // Who comes later is told all of it, in this order.
        let (carl, carlsEvents) = try await bed.engine()
        try await bed.login(carl, "carl")
        try await carlsEvents.wait("room-extra-info") { $0.name == "room-extra-info" }
        let names = carlsEvents.events.filter { !$0.isVolatile }.map(\.name)
        #expect(
            names.filter { !["engine-state", "device-state", "online-user-count"].contains($0) } == [
                "room-state", "room-state", "user-update", "stream-update", "room-extra-info",
            ])
        _ = await carl.destroy()
        _ = await anna.destroy()
        _ = await ben.destroy()
        await bed.stop()
    }
}
