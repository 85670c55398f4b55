import Glibc
import RoomModel
import Testing
import Transport
import VoiceEngine

/// Engines that speak WHIP and WHEP to the real room server, over loopback, without a login of their own.
@Suite(.serialized, .timeLimit(.minutes(2))) struct EndpointCallTests {
    private static func endpoint(
        _ bed: TestBed, _ door: String, _ stream: String, user: String, port: UInt16? = nil
    ) throws -> MediaEndpoint {
        var random = RandomSource.system
        let token = try Token04(
            appID: bed.credentials.appID, userID: UserID(user), now: Int64(time(nil)), lifetimeSeconds: 600,
            random: &random
        ).sealed(with: bed.credentials.serverSecret, random: &random)
        let path =
            door == "whip" ? "whip/\(bed.credentials.appID)/room1/\(stream)" : "whep/\(bed.credentials.appID)/\(stream)"
        return MediaEndpoint(url: "http://127.0.0.1:\(port ?? bed.port)/\(path)", bearerToken: token)
    }

    @Test func aVoiceGoesInByOneDoorAndComesOutByTheOther() async throws {
        let bed = try await TestBed()
        let (ben, bensEvents) = try await bed.engine()
        let (anna, annasEvents) = try await bed.engine()
        let (room, roomsEvents) = try await bed.engine()
        try await bed.login(room, "host")
        // The player is there first: the stream is waited for.
        let whep = try Self.endpoint(bed, "whep", "voice", user: "ben")
        #expect(
            try await ben.startPlaying(streamID: "heard", sink: .file(path: "voice.wav"), whep: whep).state
                == .playRequesting)
        let whip = try Self.endpoint(bed, "whip", "voice", user: "anna")
        let published = try await anna.startPublishing(
            streamID: "said", source: .tone(hertz: 440), whip: whip, wait: .seconds(10))
        #expect(published.state == .publishing)
        try await roomsEvents.wait("stream-update add") {
            if case .streamUpdate("room1", .add, let streams, _) = $0 {
                streams.map(\.streamID.rawValue) == ["voice"] && streams.map(\.user.userID.rawValue) == ["anna"]
            } else {
                false
            }
        }
        try await bensEvents.waitForPlayer(.playing)
        try await annasEvents.waitForFirstFrameSent()
        try await bensEvents.wait("player-quality", seconds: 15) {
            if case .playerQuality("heard", let quality) = $0 {
                quality.kbps > 10 && quality.packetLostRate == 0 && (quality.mos ?? 0) > 4 && quality.rttMs != nil
            } else {
                false
            }
        }
        try await annasEvents.wait("publisher-quality", seconds: 15) {
            if case .publisherQuality("said", let quality) = $0 {
                quality.kbps > 10 && quality.rttMs != nil
            } else {
                false
            }
        }
        let publisher = try #require(anna.snapshot().publishers.first)
        #expect(publisher.roomID == "" && publisher.whip == "http://127.0.0.1:\(bed.port)")
        #expect(ben.snapshot().players.first?.whep == "http://127.0.0.1:\(bed.port)")

        // Volume and mute are a player's like any other.
        _ = try await ben.setPlayVolume(50, streamID: "heard")
        _ = try await ben.mutePlayStreamAudio(true, streamID: "heard")
        _ = try await anna.mutePublishStreamAudio(true)

        _ = try await ben.stopPlaying(streamID: "heard")
        let samples = WAV.read(bed.directory + "/media/voice.wav")
        let tenths = stride(from: 0, to: samples.count - 4799, by: 4800).map { samples[$0..<$0 + 4800] }
        #expect(tenths.count { WAV.share(of: 440, in: $0) > 0.9 } > 20)

        // Stopped, the server knows at once: the same stream may be published again.
        let mark = roomsEvents.mark
        _ = try await anna.stopPublishing()
        try await roomsEvents.wait("stream-update delete", after: mark) {
            if case .streamUpdate("room1", .delete, _, _) = $0 { true } else { false }
        }
        _ = try await anna.startPublishing(
            streamID: "said", source: .tone(hertz: 440), whip: whip, wait: .seconds(10))
        _ = await anna.destroy()
        #expect(
            annasEvents.lines.contains(
                "publisher-state {\"streamID\":\"said\",\"state\":\"no-publish\",\"errorCode\":0,\"extendedData\":{}}"))
        try await roomsEvents.wait("user-update delete", after: mark) {
            if case .userUpdate("room1", .delete, let users) = $0 {
                users.map(\.userID.rawValue).contains("anna")
            } else {
                false
            }
        }
        for recorder in [annasEvents, bensEvents] {
            #expect(!recorder.events.contains { "\($0.name) \($0.fields)".contains("04AAAA") }, "a token is told")
        }
        _ = await ben.destroy()
        _ = await room.destroy()
        await bed.stop()
    }

    @Test func whatIsPublishedByWHIPSurvivesALogout() async throws {
        let bed = try await TestBed()
        let (anna, events) = try await bed.engine()
        try await bed.login(anna, "anna")
        _ = try await anna.startPublishing(
            streamID: "out", source: .silence, whip: try Self.endpoint(bed, "whip", "out", user: "robot"),
            wait: .seconds(10))
        _ = try await anna.startPublishing(streamID: "in", channel: .aux, source: .silence, wait: .seconds(10))
        let mark = events.mark
        _ = try await anna.logoutRoom()
        try await events.wait("no-publish of the room's", after: mark) {
            if case .publisherState("in", .noPublish, 0, _) = $0 { true } else { false }
        }
        #expect(anna.snapshot().publishers.map(\.streamID) == ["out"])
        #expect(anna.snapshot().publishers.first?.state == .publishing)
        _ = await anna.destroy()
        await bed.stop()
    }

    @Test func aWrongTokenIsFinal() async throws {
        let bed = try await TestBed()
        let (anna, events) = try await bed.engine()
        let wrong = MediaEndpoint(
            url: try Self.endpoint(bed, "whip", "x", user: "u").url, bearerToken: "04AAAAwrong")
        await #expect {
            try await anna.startPublishing(streamID: "x", source: .silence, whip: wrong, wait: .seconds(10))
        } throws: { error in
            let error = error as? ZegoError
            return error?.code == .publishAuthenticationFailed && error?.hint.contains("401 Unauthorized") == true
        }
        let play = MediaEndpoint(url: try Self.endpoint(bed, "whep", "x", user: "u").url, bearerToken: "04AAAAwrong")
        await #expect {
            try await anna.startPlaying(streamID: "y", whep: play, wait: .seconds(10))
        } throws: { ($0 as? ZegoError)?.code == .playAuthenticationFailed }
        for url in ["", "ftp://h/", "http://"] {
            await #expect(throws: ZegoError.self) {
                try await anna.startPublishing(streamID: "z", source: .silence, whip: MediaEndpoint(url: url))
            }
        }
        #expect(!events.events.contains { "\($0.fields)".contains("04AAAA") })
        _ = await anna.destroy()
        await bed.stop()
    }

    @Test func aServerThatIsStartedAnewIsGoneToAgain() async throws {
        let bed = try await TestBed()
        let (anna, annasEvents) = try await bed.engine()
        let (ben, bensEvents) = try await bed.engine()
        _ = try await anna.startPublishing(
            streamID: "voice", source: .tone(hertz: 440),
            whip: try Self.endpoint(bed, "whip", "voice", user: "anna"), wait: .seconds(10))
        _ = try await ben.startPlaying(
            streamID: "voice", sink: .file(path: "again.wav"),
            whep: try Self.endpoint(bed, "whep", "voice", user: "ben"), wait: .seconds(10))
        let (annasMark, bensMark) = (annasEvents.mark, bensEvents.mark)
        await bed.stop(keepsDirectory: true)
        try await annasEvents.waitForPublisher(.publishRequesting, 1_003_020, after: annasMark)
        try await bensEvents.waitForPlayer(.playRequesting, 1_004_020, after: bensMark)
        let again = try await TestBed(port: bed.port, directory: bed.directory, credentials: bed.credentials)
        try await annasEvents.wait("publishing again", after: annasMark, seconds: 20) {
            if case .publisherState(_, .publishing, 0, _) = $0 { true } else { false }
        }
        try await bensEvents.wait("playing again", after: bensMark, seconds: 20) {
            if case .playerState(_, .playing, 0, _) = $0 { true } else { false }
        }
        let deadline = MonotonicTime.now().advanced(byMilliseconds: 10_000)
        var isHeard = false
        while !isHeard, MonotonicTime.now() < deadline {
            try await Task.sleep(for: .milliseconds(100))
            isHeard = WAV.share(of: 440, in: WAV.read(bed.directory + "/media/again.wav").suffix(24_000)) > 0.9
        }
        #expect(isHeard, "the tone is not heard again")
        _ = await anna.destroy()
        _ = await ben.destroy()
        await again.stop()
    }

    @Test func aLostPathIsFoundAgainByAnICERestart() async throws {
        let relay = try await DatagramRelay()
        let bed = try await TestBed(advertise: ["127.0.0.1:\(relay.port)"])
        relay.forward(to: bed.port)
        let (anna, events) = try await bed.engine()
        let (room, roomsEvents) = try await bed.engine()
        try await bed.login(room, "host")
        _ = try await anna.startPublishing(
            streamID: "voice", source: .tone(hertz: 440),
            whip: try Self.endpoint(bed, "whip", "voice", user: "anna"), wait: .seconds(10))
        let (mark, roomsMark) = (events.mark, roomsEvents.mark)
        relay.isOpen = false
        try await events.waitForPublisher(.publishRequesting, 1_003_020, after: mark)
        relay.isOpen = true
        try await events.waitForPublisher(.publishing, after: mark)
        let told = roomsEvents.events.dropFirst(roomsMark).filter { !$0.isVolatile }.map(\.name)
        #expect(!told.contains("user-update") && !told.contains("stream-update"), "the session is the same")
        _ = await anna.destroy()
        _ = await room.destroy()
        await bed.stop()
        try await relay.stop()
    }

    @Test func nobodyThereIsTriedUntilTheWindowEnds() async throws {
        let bed = try await TestBed()
        let port = bed.port
        let endpoint = try Self.endpoint(bed, "whip", "x", user: "u")
        await bed.stop(keepsDirectory: true)
        let (anna, events) = try await bed.engine(port: port, window: 3)
        await #expect(throws: WaitExpired.self) {
            try await anna.startPublishing(streamID: "x", source: .silence, whip: endpoint, wait: .seconds(0.3))
        }
        #expect(anna.snapshot().publishers.first?.state == .publishRequesting)
        let event = try await events.wait("the end of the window") {
            if case .publisherState("x", .noPublish, 1_003_021, _) = $0 { true } else { false }
        }
        #expect("\(event.fields)".contains("onnection refused"), "\(event.fields)")
        _ = await anna.destroy()
        await bed.stop()
    }
}
