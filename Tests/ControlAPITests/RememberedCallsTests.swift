import ControlAPI
import JSONRPC
import Logging
import Testing

@Suite("What the callers asked for")
struct RememberedCallsTests {
    private static let catalogue = Catalogue.control(
        version: "1", logger: Logger(label: "t") { _ in SwiftLogNoOpLogHandler() })
    private static let single = RememberedCalls.Situation(rooms: ["room1"], isSingleRoom: true)

    private func note(
        _ calls: inout RememberedCalls, _ method: String, _ params: JSONObject = [:],
        in situation: RememberedCalls.Situation = single
    ) throws {
        let method = try #require(Self.catalogue.method(named: method))
        calls.note(.init(method: method.name, params: params), as: method.memory, in: situation)
    }

    private func login(_ calls: inout RememberedCalls, _ room: String, isSingle: Bool = true) throws {
        try note(
            &calls, "loginRoom", ["roomID": .string(room), "user": ["userID": "u"], "wait": 3],
            in: .init(rooms: [room], isSingleRoom: isSingle))
    }

    private func text(_ calls: RememberedCalls) -> [String] {
        calls.calls.map { call in
            ([call.method] + call.params.map { "\($0.0)=\($0.1.string ?? $0.1.description)" }).joined(separator: " ")
        }
    }

    @Test("Come back in the order in which they can be made, without their waits and with their rooms")
    func order() throws {
        var calls = RememberedCalls()
        try login(&calls, "room1")
        try note(&calls, "startPlaying", ["streamID": "far", "wait": 5])
        try note(&calls, "setPlayVolume", ["volume": 50, "streamID": "far"])
        try note(&calls, "startPublishing", ["streamID": "mine", "source": ["tone": 440]])
        try note(&calls, "setCaptureVolume", ["volume": 80])
        try note(&calls, "createEngine", ["roomMode": "single"])
        #expect(
            text(calls) == [
                "createEngine roomMode=single", "setCaptureVolume volume=80",
                "loginRoom roomID=room1 user={\"userID\":\"u\"}",
                "startPublishing streamID=mine source={\"tone\":440} roomID=room1",
                "startPlaying streamID=far roomID=room1",
                "setPlayVolume volume=50 streamID=far",
            ])
        #expect(calls.streams(in: "room1").map(\.method) == ["startPublishing", "startPlaying", "setPlayVolume"])
        #expect(calls.settings.map(\.method) == ["setCaptureVolume"])
    }

    @Test("Recordings are known by the path that was asked for, or by that of the file they went on in")
    func recordings() throws {
        var calls = RememberedCalls()
        try note(&calls, "startRecording", ["path": "call.ogg", "type": "mix", "overwrite": true])
        try note(&calls, "startRecording", ["path": "call-2.ogg", "type": "capture"])
        try note(&calls, "startRecording", ["path": "a/b.wav", "type": "mix"])
        try login(&calls, "room1")
        #expect(calls.calls.map(\.method) == ["startRecording", "startRecording", "startRecording", "loginRoom"])
        try note(&calls, "logoutRoom")
        func paths() -> [String] { calls.recordings.compactMap { $0.params["path"]?.string } }
        #expect(paths() == ["call.ogg", "call-2.ogg", "a/b.wav"], "a room is none of their business")
        try note(&calls, "stopRecording", ["path": "call-2.ogg"])
        #expect(paths() == ["call.ogg", "a/b.wav"], "what was asked for under this very name goes first")
        try note(&calls, "stopRecording", ["path": "call-2.ogg"])
        #expect(paths() == ["a/b.wav"])
        calls.recordingEnded("a/b-7.wav")
        #expect(paths().isEmpty)
        try note(&calls, "startRecording", ["path": "1.wav", "type": "mix"])
        try note(&calls, "startRecording", ["path": "2.wav", "type": "capture"])
        try note(&calls, "stopRecording", ["type": "mix"])
        #expect(paths() == ["2.wav"])
        try note(&calls, "stopRecording")
        #expect(calls.isEmpty)
    }

    @Test("A scenario sets all audio settings, and comes back before those that were made after it")
    func scenario() throws {
        var calls = RememberedCalls()
        try note(&calls, "enableAEC", ["enable": false])
        try note(&calls, "setAudioConfig", ["bitrateKbps": 20])
        try note(&calls, "muteSpeaker", ["mute": true])
        try note(&calls, "setRoomScenario", ["scenario": "karaoke"])
        try note(&calls, "enableANS", ["enable": true, "mode": "soft"])
        #expect(
            text(calls) == [
                "muteSpeaker mute=true", "setRoomScenario scenario=karaoke", "enableANS enable=true mode=soft",
            ])
    }

    @Test("Of two calls about the same the later one counts")
    func replaced() throws {
        var calls = RememberedCalls()
        try note(&calls, "muteMicrophone", ["mute": true])
        try note(&calls, "muteMicrophone", ["mute": false])
        try note(&calls, "mutePublishStreamAudio", ["mute": true])
        try note(&calls, "mutePublishStreamAudio", ["mute": false, "channel": "main"])
        try note(&calls, "mutePublishStreamAudio", ["mute": true, "channel": "aux"])
        try note(&calls, "useAudioDevice", ["type": "input", "deviceID": "a"])
        try note(&calls, "useAudioDevice", ["type": "output", "deviceID": "b"])
        #expect(
            text(calls) == [
                "muteMicrophone mute=false", "mutePublishStreamAudio mute=false channel=main",
                "mutePublishStreamAudio mute=true channel=aux", "useAudioDevice type=input deviceID=a",
                "useAudioDevice type=output deviceID=b",
            ])
        #expect(calls.deviceID("output") == "b")
        #expect(calls.settings.count == 3, "devices are not among the settings: the engine is made with them")
        calls.forgetDevice("output")
        #expect(calls.deviceID("output") == nil)
    }

    @Test("What is stopped is forgotten, with what belonged to it")
    func stopped() throws {
        var calls = RememberedCalls()
        try login(&calls, "room1")
        try note(&calls, "startPublishing", ["streamID": "a"])
        try note(&calls, "startPublishing", ["streamID": "b", "channel": "aux"])
        try note(&calls, "startPlaying", ["streamID": "far"])
        try note(&calls, "mutePlayStreamAudio", ["mute": true, "streamID": "far"])
        try note(&calls, "stopPublishing", ["streamID": "b"])
        #expect(calls.streams(in: "room1").map(\.method) == ["startPublishing", "startPlaying", "mutePlayStreamAudio"])
        try note(&calls, "stopPublishing")
        try note(&calls, "stopPlaying", ["streamID": "far"])
        #expect(text(calls) == ["loginRoom roomID=room1 user={\"userID\":\"u\"}"])
        try note(&calls, "startPlaying", ["streamID": "far"])
        try note(&calls, "setPlayVolume", ["volume": 50, "streamID": "far"])
        try note(&calls, "setAllPlayStreamVolume", ["volume": 70])
        #expect(text(calls).first == "setAllPlayStreamVolume volume=70")
        #expect(calls.streams(in: "room1").map(\.method) == ["startPlaying"])
        try note(&calls, "logoutRoom")
        #expect(text(calls) == ["setAllPlayStreamVolume volume=70"])
        try note(&calls, "destroy")
        #expect(calls.isEmpty)
    }

    @Test("Streams of WHIP and WHEP servers belong to no room: no logout and no [[join]] ends them")
    func endpoints() throws {
        var calls = RememberedCalls()
        try login(&calls, "room1")
        let publish: JSONObject = ["streamID": "out", "whip": ["url": "https://h/", "bearerToken": "t"]]
        try note(&calls, "startPublishing", publish)
        try note(&calls, "startPlaying", ["streamID": "in", "whep": ["url": "https://h/"]])
        try note(&calls, "setPlayVolume", ["volume": 50, "streamID": "in"])
        #expect(calls.streams(in: "room1").isEmpty)
        #expect(calls.endpointStreams.map(\.method) == ["startPublishing", "startPlaying", "setPlayVolume"])
        #expect(calls.endpointStreams.first?.params == publish)
        try note(&calls, "logoutRoom")
        calls.yield(toRooms: ["lobby"], users: ["u"], publishesMain: false, isSingleRoom: true)
        #expect(calls.endpointStreams.count == 3)
        try note(&calls, "stopPlaying", ["streamID": "in"])
        try note(&calls, "stopPublishing", ["streamID": "out"])
        #expect(calls.isEmpty)
    }

    @Test("A stream that is played already stays as it is, but for its buffer")
    func playedTwice() throws {
        var calls = RememberedCalls()
        try login(&calls, "room1")
        try note(&calls, "startPlaying", ["streamID": "far", "sink": ["file": "x.wav"]])
        try note(&calls, "startPlaying", ["streamID": "far", "bufferRange": ["minMs": 0, "maxMs": 100]])
        let player = try #require(calls.streams(in: "room1").first)
        #expect(player.params["sink"] == ["file": "x.wav"])
        #expect(player.params["bufferRange"]?["maxMs"] == 100)
    }

    @Test("Rooms: one at a time or several, each with its streams")
    func rooms() throws {
        var single = RememberedCalls()
        try login(&single, "room1")
        try note(&single, "startPublishing", ["streamID": "a"])
        try login(&single, "room2")
        #expect(single.rooms.map(\.roomID) == ["room2"])
        #expect(single.streams(in: "room1").isEmpty)

        var multi = RememberedCalls()
        try login(&multi, "room1", isSingle: false)
        try login(&multi, "room2", isSingle: false)
        try note(&multi, "startPublishing", ["streamID": "a", "roomID": "room1"])
        try note(&multi, "startPlaying", ["streamID": "b", "roomID": "room2"])
        multi.roomEnded("room1")
        #expect(multi.rooms.map(\.roomID) == ["room2"])
        try note(&multi, "logoutRoom", ["roomID": "room2"])
        #expect(multi.isEmpty)
    }

    @Test("[[join]] goes first: its room, its publisher, and in an engine of one room that room")
    func join() throws {
        var calls = RememberedCalls()
        try login(&calls, "room1")
        try note(&calls, "startPublishing", ["streamID": "mine"])
        try note(&calls, "startPlaying", ["streamID": "far"])

        var other = calls
        other.yield(toRooms: ["lobby"], users: ["kiosk"], publishesMain: true, isSingleRoom: true)
        #expect(other.isEmpty)
        var same = calls
        same.yield(toRooms: ["room1"], users: ["kiosk"], publishesMain: true, isSingleRoom: true)
        #expect(text(same) == ["startPlaying streamID=far roomID=room1"])
        var beside = calls
        beside.yield(toRooms: ["lobby"], users: ["u"], publishesMain: false, isSingleRoom: false)
        #expect(beside == calls)
        var stranger = calls
        stranger.yield(toRooms: ["lobby"], users: ["kiosk"], publishesMain: false, isSingleRoom: false)
        #expect(stranger.isEmpty, "all rooms of an engine have the same user")
        var nothing = calls
        nothing.yield(toRooms: [], users: [], publishesMain: false, isSingleRoom: true)
        #expect(nothing == calls)
    }

    @Test("Every method says what it means for a restart, and those that ask mean nothing")
    func catalogue() {
        let asking = Self.catalogue.methods.filter { $0.memory == .none }.map(\.name)
        #expect(
            Set(asking).isSuperset(of: [
                "hello", "status", "metrics", "getAudioConfig", "getRoomUserList", "rpc.discover",
            ]))
        for method in Self.catalogue.methods where method.name.hasPrefix("start") || method.name.hasPrefix("stop") {
            // Levels are a reader's wish, not the call's.
            let isWish = method.name.contains("Monitor") || method.name.contains("Recording")
            #expect(method.memory != .none || isWish, "\(method.name) begins or ends something")
        }
    }

    @Test("A switch is remembered as the login to the new room, as the same user; a renewed token as its token")
    func switched() throws {
        var calls = RememberedCalls()
        try login(&calls, "room1")
        try note(&calls, "startPublishing", ["streamID": "a"])
        try note(&calls, "setStreamExtraInfo", ["extraInfo": "hello"])
        try note(
            &calls, "switchRoom", ["fromRoomID": "room1", "toRoomID": "room2", "config": ["token": "old"], "wait": 3])
        #expect(
            text(calls) == [#"loginRoom roomID=room2 user={"userID":"u"} config={"token":"old"}"#])
        try note(&calls, "renewToken", ["roomID": "room2", "token": "new"])
        try note(&calls, "renewToken", ["roomID": "elsewhere", "token": "other"])
        #expect(calls.rooms.map { $0.call.params["config"]?["token"]?.string } == ["new"])
        // From a room that was entered otherwise, as whoever is in it.
        var joined = RememberedCalls()
        try note(
            &joined, "switchRoom", ["fromRoomID": "lobby", "toRoomID": "room2"],
            in: .init(rooms: ["room2"], isSingleRoom: true, user: ["userID": "kiosk"]))
        #expect(text(joined) == [#"loginRoom roomID=room2 user={"userID":"kiosk"}"#])
    }

    @Test("The text of a stream goes with it")
    func streamText() throws {
        var calls = RememberedCalls()
        try login(&calls, "room1")
        try note(&calls, "setStreamExtraInfo", ["extraInfo": "hello"])
        try note(&calls, "startPublishing", ["streamID": "a"])
        #expect(calls.settings.map(\.method) == ["setStreamExtraInfo"])
        try note(&calls, "stopPublishing", ["streamID": "a"])
        #expect(calls.settings.isEmpty)
    }
}
