import Glibc
import JSONRPC
import RoomModel
import Testing
import Transport
import VoiceEngine

/// Scenarios, mutes, recordings and devices, as a caller of two engines in a room hears of them.
@Suite(.serialized, .timeLimit(.minutes(2))) struct EngineSoundTests {
    @Test func aScenarioSetsEverythingAndOnlyBeforeLogin() async throws {
        let bed = try await TestBed()
        let (anna, _) = try await bed.engine()
        _ = try await anna.setAudioConfig(bitrateKbps: 20, channels: nil, frameMs: 60)
        _ = try await anna.enableProcessing(.gain, false)
        #expect(anna.snapshot().audio.processing.gain == nil)
        for scenario in Scenario.allCases {
            _ = try await anna.setRoomScenario(scenario)
            for channel in PublishChannel.allCases {
                #expect(await anna.audioConfig(channel: channel) == scenario.settings.audioConfig)
            }
            #expect(anna.snapshot().scenario == scenario)
            #expect(anna.snapshot().audio.processing == scenario.settings.processing)
        }
        _ = try await anna.setRoomScenario(.karaoke)
        #expect(await anna.audioConfig().channels == .stereo)
        try await bed.login(anna, "anna")
        await #expect(throws: ZegoError(.configurationAfterLogin)) { try await anna.setRoomScenario(.broadcast) }
        _ = try await anna.logoutRoom(roomID: nil)
        _ = try await anna.setRoomScenario(.standardVoiceCall)
        let (ben, _) = try await bed.engine { $0.echoCancellation = false }
        #expect(ben.snapshot().audio.processing.echo == nil)
        _ = try await ben.enableProcessing(.echo, true)
        #expect(ben.snapshot().audio.processing.echo == .aggressive)
        _ = try await ben.setRoomScenario(.karaoke)
        #expect(ben.snapshot().audio.processing.echo == nil)
        _ = await anna.destroy()
        _ = await ben.destroy()
        await bed.stop()
    }

    @Test func lowDelayIsShortFramesAndNothingElseDoneToTheSound() async throws {
        let bed = try await TestBed()
        let (anna, _) = try await bed.engine { $0.isLowDelay = true }
        #expect(await anna.audioConfig() == PublishAudioConfig(bitrateKbps: 96, channels: .mono, frameMs: 5))
        #expect(anna.snapshot().audio.processing == ProcessingSettings(echo: nil, noise: nil, gain: nil))
        #expect(anna.snapshot().audio.periodMs == 2.5)
        // Nothing goes any way yet.
        #expect(anna.snapshot().audio.delayMs == EngineSnapshot.Audio.Delay())
        try await bed.login(anna, "anna")
        _ = try await anna.startPublishing(streamID: "s", source: .tone(hertz: 440), wait: .seconds(10))
        for _ in 0..<100 where anna.snapshot().audio.delayMs.encode == nil {
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(anna.snapshot().audio.delayMs.encode == 7.5)
        #expect(anna.snapshot().audio.delayMs.buffer == nil)
        _ = try await anna.enableProcessing(.noise, true)
        #expect(anna.snapshot().audio.processing.noise == .medium)
        _ = await anna.destroy()
        await bed.stop()
    }

    @Test func twoCallsForOneStreamAtOnceMakeOne() async throws {
        let bed = try await TestBed()
        let (anna, _) = try await bed.engine()
        let (ben, _) = try await bed.engine()
        try await bed.login(anna, "anna")
        try await bed.login(ben, "ben")
        WAV.write(WAV.tone(hertz: 440, seconds: 1), to: bed.directory + "/media/in.wav")
        let source = PublishSource.file(path: "in.wav", loop: true)
        async let main = try? anna.startPublishing(streamID: "voice", source: source, wait: .seconds(10))
        async let aux = try? anna.startPublishing(streamID: "voice", channel: .aux, source: source, wait: .seconds(10))
        let published = await [main, aux].compactMap { $0 }
        #expect(published.count == 1 && published.first?.state == .publishing)
        #expect(anna.snapshot().publishers.count == 1)
        async let first = ben.startPlaying(streamID: "voice", wait: .seconds(10))
        async let second = ben.startPlaying(
            streamID: "voice", bufferRange: BufferRange(minMs: 100, maxMs: 200), wait: .seconds(10))
        async let mute = ben.muteAllPlayStreamAudio(true)
        let played = try await [first.state, second.state]
        _ = try await mute
        #expect(played == [.playing, .playing])
        #expect(ben.snapshot().players.count == 1)
        _ = await anna.destroy()
        _ = await ben.destroy()
        await bed.stop()
    }

    @Test func theConfigurationOfAChannelIsItsOwn() async throws {
        let bed = try await TestBed()
        let (anna, _) = try await bed.engine()
        try await bed.login(anna, "anna")
        _ = try await anna.setAudioConfig(bitrateKbps: 96, channels: .stereo, frameMs: 10, channel: .aux)
        #expect(await anna.audioConfig() == Scenario.standardVoiceCall.settings.audioConfig)
        _ = try await anna.startPublishing(
            streamID: "s", channel: .aux, source: .tone(hertz: 440), wait: .seconds(10))
        await #expect(throws: ZegoError.self) {
            try await anna.setAudioConfig(bitrateKbps: nil, channels: nil, frameMs: 20, channel: .aux)
        }
        await #expect(throws: ZegoError.self) {
            try await anna.setAudioConfig(bitrateKbps: nil, channels: .mono, frameMs: nil, channel: .aux)
        }
        _ = try await anna.setAudioConfig(bitrateKbps: 40, channels: nil, frameMs: nil, channel: .aux)
        #expect(await anna.audioConfig(channel: .aux).bitrateKbps == 40)
        _ = try await anna.setAudioConfig(bitrateKbps: nil, channels: .stereo, frameMs: 40)
        #expect(await anna.audioConfig().frameMs == 40)
        _ = await anna.destroy()
        await bed.stop()
    }

    @Test func aMutedStreamIsNotSentAndGoesOnPlaying() async throws {
        let bed = try await TestBed()
        let (anna, _) = try await bed.engine()
        let (ben, events) = try await bed.engine()
        try await bed.login(anna, "anna")
        try await bed.login(ben, "ben")
        _ = try await anna.startPublishing(streamID: "voice", source: .tone(hertz: 440), wait: .seconds(10))
        _ = try await ben.startPlaying(streamID: "voice", sink: .file(path: "voice.wav"), wait: .seconds(10))
        var mark = events.mark
        func quality(after mark: Int, _ isMeant: (PlayerQuality) -> Bool) async throws {
            try await events.wait("player-quality", after: mark, seconds: 15) {
                if case .playerQuality("voice", let quality) = $0 { isMeant(quality) } else { false }
            }
        }
        try await quality(after: mark) { $0.kbps > 20 }
        _ = try await ben.mutePlayStreamAudio(true, streamID: "voice")
        #expect(ben.snapshot().players.first?.muted == true)
        // Together longer than a stream may be silent before it counts as interrupted.
        mark = events.mark
        try await quality(after: mark) { $0.kbps == 0 }
        try await quality(after: events.mark) { $0.kbps == 0 && $0.concealedRate == 0 && $0.mos == nil }
        _ = try await ben.mutePlayStreamAudio(false, streamID: "voice")
        try await quality(after: events.mark) { $0.kbps > 20 && $0.packetLostRate == 0 }
        #expect(ben.snapshot().players.first?.state == .playing)
        let states = events.events.filter { if case .playerState = $0 { true } else { false } }
        #expect(states.count == 2, "\(events.lines)")

        // A stream that ends while it is mute is waited for, and mute when it comes again.
        _ = try await ben.muteAllPlayStreamAudio(true)
        mark = events.mark
        _ = try await anna.stopPublishing()
        try await events.waitForPlayer(.playRequesting, 1_004_020, after: mark)
        mark = events.mark
        _ = try await anna.startPublishing(streamID: "voice", source: .tone(hertz: 440), wait: .seconds(10))
        try await events.waitForPlayer(.playing, after: mark)
        try await quality(after: events.mark) { $0.kbps == 0 }
        _ = try await ben.muteAllPlayStreamAudio(false)
        let path = bed.directory + "/media/voice.wav"
        let deadline = MonotonicTime.now().advanced(byMilliseconds: 10_000)
        // Judged while it plays: at its end the sound is faded out.
        while WAV.share(of: 440, in: WAV.read(path).suffix(9600)) < 0.9 {
            try #require(MonotonicTime.now() < deadline, "the tone is not heard again")
            try await Task.sleep(for: .milliseconds(100))
        }
        _ = try await ben.stopPlaying(streamID: "voice")
        _ = await anna.destroy()
        _ = await ben.destroy()
        await bed.stop()
    }

    @Test func recordingsAreToldOfAndAreWhatWasSaidAndHeard() async throws {
        let bed = try await TestBed()
        let (anna, annasEvents) = try await bed.engine()
        let (ben, _) = try await bed.engine()
        try await bed.login(anna, "anna")
        try await bed.login(ben, "ben")
        _ = try await ben.startPublishing(streamID: "low", source: .tone(hertz: 300), wait: .seconds(10))
        _ = try await anna.startPublishing(streamID: "high", source: .tone(hertz: 1000), wait: .seconds(10))
        _ = try await anna.startPlaying(streamID: "low", wait: .seconds(10))
        _ = try await anna.startRecording(path: "said.wav", type: .capture)
        _ = try await anna.startRecording(path: "heard.wav", type: .playback)
        _ = try await anna.startRecording(path: "both.wav", type: .mix)
        _ = try await anna.startRecording(path: "both.ogg", type: .mix)
        #expect(anna.snapshot().recordings.map(\.path) == ["said.wav", "heard.wav", "both.wav", "both.ogg"])
        let deadline = MonotonicTime.now().advanced(byMilliseconds: 15_000)
        let directory = bed.directory + "/media/"
        while WAV.read(directory + "both.wav").count < 96_000, MonotonicTime.now() < deadline {
            try await Task.sleep(for: .milliseconds(100))
        }
        _ = try await anna.stopRecording(path: "said.wav")
        #expect(anna.snapshot().recordings.count == 3)
        _ = try await anna.stopRecording(type: .mix)
        await #expect(throws: ZegoError.self) { try await anna.stopRecording(path: "both.wav") }
        // The last one is completed by the engine's end.
        _ = await anna.destroy()
        let events = annasEvents.lines.filter { $0.hasPrefix("recording-state") }
        #expect(events.count == 8)
        #expect(
            events.first
                == #"recording-state {"path":"said.wav","type":"capture","state":"started","errorCode":0}"#)
        #expect(events.suffix(4).allSatisfy { $0.contains(#""state":"stopped","errorCode":0"#) })
        func shares(_ name: String) -> (low: Double, high: Double) {
            let samples = WAV.read(directory + name).suffix(48_000)
            return (WAV.share(of: 300, in: samples), WAV.share(of: 1000, in: samples))
        }
        #expect(shares("said.wav").high > 0.9)
        #expect(shares("heard.wav").low > 0.9)
        #expect(shares("both.wav").low > 0.3 && shares("both.wav").high > 0.3)
        #expect(access(directory + "both.ogg", R_OK) == 0)
        _ = await ben.destroy()
        await bed.stop()
    }

    @Test func whatCannotBeRecordedIsRefused() async throws {
        let bed = try await TestBed()
        let (anna, events) = try await bed.engine()
        func refusal(_ path: String, overwrite: Bool = false) async -> Int? {
            do {
                _ = try await anna.startRecording(path: path, type: .mix, existing: overwrite ? .replace : .refuse)
                return nil
            } catch { return (error as? ZegoError)?.code.number }
        }
        for path in ["a.mp3", "a", "wav", ".", "a.wav.txt"] { #expect(await refusal(path) == 1_010_002, "\(path)") }
        #expect(await refusal(String(repeating: "a", count: 1020) + ".wav") == 1_010_011)
        for path in ["../a.wav", "/tmp/a.wav", "none/a.wav", ".wav/..wav/a.ogg"] {
            #expect(await refusal(path) == 1_010_013, "\(path)")
        }
        symlink("/tmp", bed.directory + "/media/link")
        #expect(await refusal("link/a.wav") == 1_010_013)
        mkdir(bed.directory + "/media/folder.wav", 0o700)
        #expect(await refusal("folder.wav", overwrite: true) == 1_010_013)
        #expect(await refusal("a.wav") == nil)
        #expect(await refusal("a.wav", overwrite: true) == 1_010_013)
        _ = try await anna.stopRecording()
        #expect(await refusal("a.wav") == 1_010_013)
        #expect(await refusal("a.wav", overwrite: true) == nil)
        for number in 0..<3 { #expect(await refusal("\(number).OPUS") == nil) }
        #expect(await refusal("five.wav") == 1_010_013)
        #expect(!events.lines.contains { $0.contains("five") || $0.contains("failed") })
        _ = await anna.destroy()
        await bed.stop()
    }

    @Test func aChangeOfDeviceDropsNothing() async throws {
        let bed = try await TestBed()
        let (anna, annasEvents) = try await bed.engine(input: "tone:300")
        let (ben, bensEvents) = try await bed.engine()
        try await bed.login(anna, "anna")
        try await bed.login(ben, "ben")
        _ = try await anna.startPublishing(streamID: "voice", wait: .seconds(10))
        _ = try await ben.startPlaying(streamID: "voice", sink: .file(path: "voice.wav"), wait: .seconds(10))
        _ = try await ben.useAudioDevice(.output, deviceID: "loopback")
        _ = try await anna.useAudioDevice(.input, deviceID: "tone:1000")
        await #expect(throws: ZegoError.self) { try await anna.useAudioDevice(.input, deviceID: "no-such-card") }
        _ = try await anna.useAudioDevice(.input, deviceID: "tone:1000")
        let deadline = MonotonicTime.now().advanced(byMilliseconds: 10_000)
        func share() -> Double { WAV.share(of: 1000, in: WAV.read(bed.directory + "/media/voice.wav").suffix(9600)) }
        while share() < 0.9 {
            try #require(MonotonicTime.now() < deadline, "the new device is not heard")
            try await Task.sleep(for: .milliseconds(100))
        }
        for events in [annasEvents, bensEvents] {
            #expect(!events.lines.contains { $0.contains("1003020") || $0.contains("1004020") })
        }
        #expect(annasEvents.lines.contains { $0.hasPrefix("device-state") && $0.contains("no-such-card") })
        try await bensEvents.wait("remote-mic-state") {
            if case .remoteMicState("voice", let state) = $0 { state != .open } else { false }
        }
        _ = await anna.destroy()
        _ = await ben.destroy()
        await bed.stop()
    }
}
