import JSONRPC
import RoomModel
import Testing
import Transport
import VoiceEngine

/// Engines and the real room server in one process, over loopback: what a caller sees.
@Suite(.serialized, .timeLimit(.minutes(2))) struct EngineCallTests {
    @Test func aVoiceGoesFromOneToTheOther() async throws {
        let bed = try await TestBed()
        let (anna, annasEvents) = try await bed.engine()
        let (ben, bensEvents) = try await bed.engine()
        try await bed.login(anna, "anna")
        let published = try await anna.startPublishing(streamID: "voice", source: .tone(hertz: 440), wait: .seconds(10))
        #expect(published.state == .publishing)
        try await bed.login(ben, "ben")
        let played = try await ben.startPlaying(
            streamID: "voice", sink: .file(path: "voice.wav"), wait: .seconds(10))
        #expect(played.state == .playing)
        try await annasEvents.waitForFirstFrameSent()
        try await bensEvents.wait("player-quality", seconds: 15) {
            if case .playerQuality("voice", let quality) = $0 {
                quality.kbps > 10 && quality.packetLostRate == 0 && (quality.mos ?? 0) > 4
            } else {
                false
            }
        }
        try await annasEvents.wait("publisher-quality", seconds: 15) {
            if case .publisherQuality("voice", let quality) = $0 { quality.kbps > 10 } else { false }
        }
        _ = try await ben.stopPlaying(streamID: "voice")
        _ = try await anna.stopPublishing()

        let samples = WAV.read(bed.directory + "/media/voice.wav")
        #expect(samples.count > 48_000 * 2)
        #expect(WAV.share(of: 440, in: samples.suffix(48_000)) > 0.9)

        let order = bensEvents.events.filter { !$0.isVolatile }.map(\.name).filter {
            $0 != "online-user-count" && $0 != "device-state"
        }
        #expect(
            order.starts(with: [
                "engine-state", "engine-state", "room-state", "room-state", "user-update", "stream-update",
                "player-state",
                "player-state", "player-first-frame",
            ]), "\(bensEvents.lines)")
        try await bensEvents.wait("stream-update delete") {
            if case .streamUpdate("room1", .delete, let streams, let extended) = $0 {
                streams.map(\.streamID.rawValue) == ["voice"] && extended["stream_delete_reason"] != nil
            } else {
                false
            }
        }
        _ = await anna.destroy()
        try await bensEvents.wait("user-update delete") {
            if case .userUpdate("room1", .delete, let users) = $0 {
                users.map(\.userID.rawValue) == ["anna"]
            } else {
                false
            }
        }
        #expect(annasEvents.lines.last == "engine-state {\"state\":\"destroyed\",\"errorCode\":0}")
        await #expect(throws: ZegoError(.engineNotCreated)) { try await anna.stopPublishing() }
        _ = await ben.destroy()
        await bed.stop()
    }

    @Test func whatComesRightBehindTheLoginIsNotLost() async throws {
        let bed = try await TestBed()
        let (anna, events) = try await bed.engine()
        try await bed.login(anna, "anna")
        try await events.wait("online-user-count", seconds: 0.5) { $0 == .onlineUserCount(roomID: "room1", count: 1) }
        #expect(anna.snapshot().rooms.first?.onlineUserCount == 1)
        _ = await anna.destroy()
        await bed.stop()
    }

    @Test func aFileIsHeardFromItsBeginning() async throws {
        let bed = try await TestBed()
        WAV.write(
            WAV.tone(hertz: 1000, seconds: 0.5) + WAV.tone(hertz: 300, seconds: 1),
            to: bed.directory + "/media/speech.wav")
        let (anna, _) = try await bed.engine()
        let (ben, events) = try await bed.engine()
        try await bed.login(ben, "ben")
        _ = try await ben.startPlaying(streamID: "speech", sink: .file(path: "heard.wav"))
        // Again it is the same player; elsewhere it does not go.
        _ = try await ben.startPlaying(streamID: "speech")
        _ = try await ben.startPlaying(streamID: "speech", sink: .file(path: "heard.wav"))
        for sink in [PlaySink.device, .file(path: "other.wav")] {
            let error = await #expect(throws: ZegoError.self) {
                try await ben.startPlaying(streamID: "speech", sink: sink)
            }
            #expect(error?.code == .illegalParameter && error?.description.contains("heard.wav") == true)
        }
        try await bed.login(anna, "anna")
        _ = try await anna.startPublishing(
            streamID: "speech", source: .file(path: "speech.wav", loop: false), wait: .seconds(10))
        try await events.waitForPlayer(.playing)
        // Until all of it has been heard: the file grows with what was received.
        let path = bed.directory + "/media/heard.wav"
        let deadline = MonotonicTime.now().advanced(byMilliseconds: 10_000)
        var found = (high: 0, low: 0)
        while found.high < 4 || found.low < 8, MonotonicTime.now() < deadline {
            try await Task.sleep(for: .milliseconds(100))
            let samples = WAV.read(path)
            let tenths = stride(from: 0, to: samples.count - 4799, by: 4800).map { samples[$0..<$0 + 4800] }
            found.high = tenths.count { WAV.share(of: 1000, in: $0) > 0.8 }
            found.low = tenths.count { WAV.share(of: 300, in: $0) > 0.8 }
        }
        #expect(found.high >= 4 && found.low >= 8)
        _ = await anna.destroy()
        _ = await ben.destroy()
        await bed.stop()
    }

    @Test func aStreamIsWaitedForAndWaitedForAgain() async throws {
        let bed = try await TestBed()
        let (anna, _) = try await bed.engine()
        let (ben, events) = try await bed.engine()
        try await bed.login(anna, "anna")
        try await bed.login(ben, "ben")
        #expect(try await ben.startPlaying(streamID: "later").state == .playRequesting)
        _ = try await anna.startPublishing(streamID: "later", source: .silence, wait: .seconds(10))
        try await events.waitForPlayer(.playing)
        var mark = events.mark
        _ = try await anna.stopPublishing()
        try await events.waitForPlayer(.playRequesting, 1_004_020, after: mark)
        mark = events.mark
        _ = try await anna.startPublishing(streamID: "later", source: .tone(hertz: 500), wait: .seconds(10))
        try await events.waitForPlayer(.playing, after: mark)
        mark = events.mark
        _ = try await ben.stopPlaying(streamID: "later")
        try await events.waitForPlayer(.noPlay, after: mark)
        #expect(ben.snapshot().players.isEmpty)
        await #expect(throws: ZegoError(.streamNotPlayed)) { try await ben.stopPlaying(streamID: "later") }
        _ = await anna.destroy()
        _ = await ben.destroy()
        await bed.stop()
    }

    @Test func aCutSocketIsNotHeard() async throws {
        let bed = try await TestBed()
        let relay = try await SocketRelay(to: bed.port)
        let (anna, annasEvents) = try await bed.engine(port: relay.port)
        let (ben, bensEvents) = try await bed.engine()
        try await bed.login(anna, "anna")
        try await bed.login(ben, "ben")
        _ = try await anna.startPublishing(streamID: "voice", source: .tone(hertz: 440), wait: .seconds(10))
        _ = try await ben.startPlaying(streamID: "voice", wait: .seconds(10))
        try await annasEvents.waitForFirstFrameSent()
        let annasMark = annasEvents.mark
        let bensMark = bensEvents.mark
        relay.cut()
        try await annasEvents.waitForRoom(.reconnecting, 1_002_051, after: annasMark)
        try await annasEvents.waitForRoom(.reconnected, after: annasMark)
        // Signalling works again; neither publisher nor listener has noticed anything.
        _ = try await anna.stopPublishing()
        try await bensEvents.waitForPlayer(.playRequesting, 1_004_020, after: bensMark)
        let told = annasEvents.events.dropFirst(annasMark).filter { !$0.isVolatile }.map(\.name)
        #expect(told.filter { $0 != "online-user-count" } == ["room-state", "room-state", "publisher-state"])
        let bens = bensEvents.events.dropFirst(bensMark).filter { !$0.isVolatile }.map(\.name)
        #expect(!bens.contains("user-update"))
        _ = await anna.destroy()
        _ = await ben.destroy()
        try await relay.stop()
        await bed.stop()
    }

    @Test func aServerThatComesBackBringsAllBack() async throws {
        let bed = try await TestBed()
        let (anna, annasEvents) = try await bed.engine()
        let (ben, bensEvents) = try await bed.engine()
        try await bed.login(anna, "anna")
        try await bed.login(ben, "ben")
        _ = try await anna.startPublishing(streamID: "voice", source: .tone(hertz: 440), wait: .seconds(10))
        _ = try await ben.startPlaying(streamID: "voice", wait: .seconds(10))
        let (annasMark, bensMark) = (annasEvents.mark, bensEvents.mark)
        await bed.stop(keepsDirectory: true)
        try await annasEvents.waitForRoom(.reconnecting, 1_002_051, after: annasMark)
        try await bensEvents.waitForRoom(.reconnecting, 1_002_051, after: bensMark)
        let again = try await TestBed(port: bed.port, directory: bed.directory, credentials: bed.credentials)
        try await annasEvents.waitForRoom(.reconnected, after: annasMark, seconds: 15)
        try await bensEvents.waitForRoom(.reconnected, after: bensMark, seconds: 15)
        try await annasEvents.waitForPublisher(.publishing, after: annasMark)
        try await bensEvents.waitForPlayer(.playing, after: bensMark)
        _ = await anna.destroy()
        _ = await ben.destroy()
        await again.stop()
    }

    @Test func streamIDsAreUnique() async throws {
        let bed = try await TestBed()
        let (anna, _) = try await bed.engine()
        let (ben, events) = try await bed.engine()
        try await bed.login(anna, "anna")
        try await bed.login(ben, "ben")
        _ = try await anna.startPublishing(streamID: "voice", source: .silence, wait: .seconds(10))
        await #expect(throws: ZegoError(.alreadyPublishing, detail: "channel main")) {
            try await anna.startPublishing(streamID: "other", source: .silence)
        }
        do {
            _ = try await ben.startPublishing(streamID: "voice", source: .silence, wait: .seconds(10))
            Issue.record("the stream was published twice")
        } catch let error as ZegoError {
            #expect(error.code == .repetitivePublishStream)
        }
        try await events.waitForPublisher(.noPublish, 1_003_028)
        // The channel is free again.
        _ = try await ben.startPublishing(streamID: "bens", source: .silence, wait: .seconds(10))
        // A second channel beside the first.
        _ = try await anna.startPublishing(streamID: "music", channel: .aux, source: .silence, wait: .seconds(10))
        #expect(anna.snapshot().publishers.map(\.state) == [.publishing, .publishing])
        _ = await anna.destroy()
        _ = await ben.destroy()
        await bed.stop()
    }

    @Test func whatIsWrongIsSaidBeforeAnythingHappens() async throws {
        let bed = try await TestBed()
        WAV.save(Array("this is no sound".utf8), to: bed.directory + "/media/text.wav")
        let (anna, events) = try await bed.engine()
        await #expect(throws: ZegoError(.notLoggedIn)) { try await anna.startPublishing(streamID: "s") }
        await #expect(throws: ZegoError(.notLoggedIn)) { try await anna.startPlaying(streamID: "s") }
        await #expect(throws: ZegoError(.roomIDIncorrect)) { try await anna.logoutRoom(roomID: "room1") }
        _ = try await anna.logoutRoom()
        try await bed.login(anna, "anna")
        let mark = events.mark
        await #expect(throws: ZegoError(.roomCountExceeded)) { try await bed.login(anna, "anna") }
        await #expect(throws: ZegoError(.streamIDInvalidCharacter)) { try await anna.startPublishing(streamID: "a b") }
        for name in ["text.wav", "missing.wav", "../x.wav"] {
            do {
                _ = try await anna.startPublishing(streamID: "s", source: .file(path: name, loop: false))
                Issue.record("\(name) was published")
            } catch let error as ZegoError {
                #expect(error.code == .illegalParameter)
                #expect(error.message.contains(name) && !error.message.contains("/proc/self"))
            }
        }
        await #expect(throws: ZegoError(.streamNotPlayed)) { try await anna.setPlayVolume(50, streamID: "s") }
        #expect(events.events.dropFirst(mark).allSatisfy { $0.isVolatile || $0.name == "online-user-count" })
        _ = await anna.destroy()
        await bed.stop()
    }

    @Test func aWrongSignIsRefused() async throws {
        let bed = try await TestBed()
        let (anna, events) = try await bed.engine { $0.appSign = String(repeating: "0", count: 64) }
        do {
            try await bed.login(anna, "anna")
            Issue.record("logged in with a wrong AppSign")
        } catch let error as ZegoError {
            #expect([.authenticationFailed, .appSignIncorrect].contains(error.code))
        }
        #expect(events.lines.contains { $0.contains("login-failed") })
        #expect(anna.snapshot().rooms.map(\.reason) == [.loginFailed])
        _ = await anna.destroy()
        await bed.stop()
    }

    @Test func aLoginWithoutAServerIsTriedUntilTheWindowEnds() async throws {
        let bed = try await TestBed()
        await bed.stop()
        let (anna, events) = try await bed.engine(window: 3)
        let began = MonotonicTime.now()
        await #expect(throws: WaitExpired.self) {
            try await anna.loginRoom(roomID: "room1", user: bed.user("anna"), wait: .seconds(0.5))
        }
        // What is asked for meanwhile waits for the login.
        #expect(try await anna.startPlaying(streamID: "voice").state == .playRequesting)
        try await events.waitForRoom(.loginFailed, 1_002_053)
        #expect(MonotonicTime.now().milliseconds(since: began) > 2900)
        try await events.waitForPlayer(.noPlay, 1_004_001)
        _ = await anna.destroy()
    }

    @Test func logoutEndsWhatIsPublishedAndPlayed() async throws {
        let bed = try await TestBed()
        let (anna, annasEvents) = try await bed.engine()
        let (ben, bensEvents) = try await bed.engine()
        try await bed.login(anna, "anna")
        try await bed.login(ben, "ben")
        _ = try await anna.startPublishing(streamID: "voice", source: .tone(hertz: 440), wait: .seconds(10))
        _ = try await anna.startPlaying(streamID: "bens")
        try await annasEvents.waitForFirstFrameSent()
        let (annasMark, bensMark) = (annasEvents.mark, bensEvents.mark)
        _ = try await anna.logoutRoom()
        let told = annasEvents.events.dropFirst(annasMark).filter { !$0.isVolatile }
        #expect(told.map(\.name) == ["publisher-state", "player-state", "room-state"])
        #expect(anna.snapshot().publishers.isEmpty && anna.snapshot().players.isEmpty)
        #expect(anna.snapshot().rooms.map(\.reason) == [.logout])
        try await bensEvents.wait("user-update delete", after: bensMark) {
            if case .userUpdate(_, .delete, _) = $0 { true } else { false }
        }
        // And in again, on a new session.
        try await bed.login(anna, "anna")
        _ = try await anna.startPublishing(streamID: "voice", source: .tone(hertz: 440), wait: .seconds(10))
        _ = try await ben.startPlaying(streamID: "voice", wait: .seconds(10))
        _ = await anna.destroy()
        _ = await ben.destroy()
        await bed.stop()
    }

    @Test func soundLevelsAndMutesAreTold() async throws {
        let bed = try await TestBed()
        let (anna, annasEvents) = try await bed.engine(input: "tone:440")
        let (ben, bensEvents) = try await bed.engine()
        try await bed.login(anna, "anna")
        try await bed.login(ben, "ben")
        _ = try await anna.startPublishing(streamID: "voice", wait: .seconds(10))
        _ = try await ben.startPlaying(streamID: "voice", wait: .seconds(10))
        _ = try await anna.startSoundLevelMonitor(intervalMs: 100)
        _ = try await ben.startSoundLevelMonitor(intervalMs: 100)
        try await annasEvents.wait("captured level") {
            if case .soundLevel(let captured, _) = $0 { captured > 20 } else { false }
        }
        try await bensEvents.wait("remote level") {
            if case .soundLevel(_, let remote) = $0 { (remote["voice"] ?? 0) > 20 } else { false }
        }
        var mark = bensEvents.mark
        _ = try await anna.muteMicrophone(true)
        try await bensEvents.wait("remote-mic-state mute", after: mark) {
            $0 == .remoteMicState(streamID: "voice", state: .mute)
        }
        try await bensEvents.wait("silence", after: mark) {
            if case .soundLevel(_, let remote) = $0 { remote["voice"] == 0 } else { false }
        }
        mark = bensEvents.mark
        _ = try await anna.muteMicrophone(false)
        try await bensEvents.wait("remote-mic-state open", after: mark) {
            $0 == .remoteMicState(streamID: "voice", state: .open)
        }
        try await bensEvents.wait("sound again", after: mark) {
            if case .soundLevel(_, let remote) = $0 { (remote["voice"] ?? 0) > 20 } else { false }
        }
        await #expect(throws: ZegoError.self) { try await anna.startSoundLevelMonitor(intervalMs: 50) }
        _ = await anna.destroy()
        _ = await ben.destroy()
        await bed.stop()
    }

    @Test func aLostPathIsFoundAgainWithoutALogin() async throws {
        let call = try await RelayedCall()
        let (relay, annasEvents, bensEvents) = (call.relay, call.annasEvents, call.bensEvents)
        try await call.begin()
        #expect(call.anna.snapshot().network.ice == "connected")
        #expect(call.anna.snapshot().network.remote == "127.0.0.1:\(relay.port)")
        let (annasMark, bensMark) = (annasEvents.mark, bensEvents.mark)
        relay.isOpen = false
        try await annasEvents.waitForPublisher(.publishRequesting, 1_003_020, after: annasMark)
        try await bensEvents.waitForPlayer(.playRequesting, 1_004_020, after: bensMark)
        relay.isOpen = true
        try await annasEvents.waitForPublisher(.publishing, after: annasMark)
        try await bensEvents.waitForPlayer(.playing, after: bensMark)
        let told = annasEvents.events.dropFirst(annasMark).filter { !$0.isVolatile }.map(\.name)
        #expect(!told.contains("room-state"))
        try await call.end()
    }

    @Test func theSameUserElsewherePutsTheFirstOneOut() async throws {
        let bed = try await TestBed()
        let (first, firstEvents) = try await bed.engine()
        let (second, _) = try await bed.engine()
        try await bed.login(first, "anna")
        _ = try await first.startPublishing(streamID: "voice", source: .silence, wait: .seconds(10))
        try await bed.login(second, "anna")
        try await firstEvents.waitForRoom(.kickOut, 1_002_050)
        try await firstEvents.waitForPublisher(.noPublish, 1_002_050)
        #expect(first.snapshot().network.ice == "new")
        // The second one goes on, and the first may come back in its turn.
        _ = try await second.startPublishing(streamID: "voice", source: .silence, wait: .seconds(10))
        try await bed.login(first, "anna")
        #expect(first.snapshot().rooms.map(\.reason) == [.logined])
        #expect(first.snapshot().publishers.isEmpty)
        _ = await first.destroy()
        _ = await second.destroy()
        await bed.stop()
    }

    @Test func whosePlaceWasTakenWhileAwayDoesNotComeBack() async throws {
        let bed = try await TestBed()
        let relay = try await SocketRelay(to: bed.port)
        let (first, firstEvents) = try await bed.engine(port: relay.port)
        let (second, secondEvents) = try await bed.engine()
        try await bed.login(first, "anna")
        relay.hold()
        try await firstEvents.waitForRoom(.reconnecting, 1_002_051)
        try await bed.login(second, "anna")
        relay.resume()
        try await firstEvents.waitForRoom(.reconnectFailed, 1_002_086)
        #expect(!secondEvents.lines.contains { $0.contains("kick-out") })
        _ = await first.destroy()
        _ = await second.destroy()
        try await relay.stop()
        await bed.stop()
    }
}
