import MediaIO
import StallWatch
import Testing
import Transport
import VoiceAudio

@Suite("The audio system with devices that need no card", .serialized, .realTime, .timeLimit(.minutes(2)))
struct AudioSystemTests {
    private static let quiet = AudioConfiguration(input: "null", output: "null", realtimePriority: 50)

    @Test("frames are paced by the clock, and their timestamps go on without a jump", arguments: [10, 20, 60])
    func pacing(frameMilliseconds: Int) async throws {
        let running = try await RunningAudio(Self.quiet)
        let audio = running.audio
        try await audio.publisher(0).start(
            PublisherAudio(source: .tone(hertz: 440), frameMilliseconds: frameMilliseconds))
        let consumer = audio.encodedFrames.consumer
        var frames: [EncodedFrame] = []
        try await eventually("1.2 s of frames") {
            while let slot = consumer.peek() {
                frames.append(slot.encodedFrame.pointee)
                consumer.release()
            }
            return frames.count * frameMilliseconds >= 1200
        }
        let took = MonotonicTime.now().milliseconds(since: frames[0].captureTime)
        await running.stop()
        #expect(took > 1190 && took < 3000)
        #expect(frames[0].isFirst)
        #expect(frames.dropFirst().allSatisfy { !$0.isFirst })
        #expect(frames.allSatisfy { $0.payloadLength > 10 && Int($0.sampleCount) == frameMilliseconds * 48 })
        #expect(
            zip(frames, frames.dropFirst()).allSatisfy { earlier, later in
                later.timestamp &- earlier.timestamp == UInt32(frameMilliseconds * 48)
            })
        // Exact, but where a busy machine stood still for so long that ticks were dropped.
        let uneven = zip(frames, frames.dropFirst()).count { earlier, later in
            abs(later.captureTime.milliseconds(since: earlier.captureTime) - Double(frameMilliseconds)) > 0.001
        }
        #expect(uneven <= 1)
        // A sine of −12 dBFS has −15 dBov.
        #expect(frames.last?.audioLevel == 15)
    }

    @Test("what is published comes out of the player's file")
    func fileToFile() async throws {
        let directory = try TemporaryDirectory()
        let speech = Speech.samples(seconds: 3, seed: 12)
        let input = directory.path + "/in.wav"
        #expect(TextFile.write(WAVFileTests.bytes(samples: speech.map { Int16($0 * 32_000) }), to: input))
        let running = try await RunningAudio(Self.quiet, loopsBack: true)
        let audio = running.audio
        let output = directory.path + "/out.wav"
        try await audio.player(0).start(PlayerAudio(sink: .file(path: output)))
        try await audio.publisher(0).start(PublisherAudio(source: .file(path: input, loop: false), bitrate: 64_000))
        try await eventually("the file's end") {
            running.allEvents.contains { if case .sourceEnded(channel: 0) = $0 { true } else { false } }
        }
        let ended = audio.player(0).snapshot
        try await eventually("the end is heard") {
            audio.player(0).snapshot.samplesPlayed > ended.samplesPlayed + 24_000
        }
        let player = audio.player(0).snapshot
        await audio.player(0).stop()
        let heard = try WAVFile.read(output)
        #expect(heard.sampleRate == 48_000 && heard.channels == 1)
        #expect(player.packetsReceived > 140)
        #expect(player.packetsLost == 0)
        // The file begins with silence, as long as it took until the publisher's first packet.
        let sound = heard.samples.firstIndex { abs($0) > 0.001 } ?? 0
        let verdict = Judge(source: speech).verdict(
            on: Array(heard.samples[max(sound - 9600, 0)...]), maximumDelay: 24_000)
        #expect(verdict.share > 0.9)
        await running.stop()
    }

    @Test("the loopback input captures what the loopback output plays")
    func loopback() async throws {
        let directory = try TemporaryDirectory()
        let configuration = AudioConfiguration(input: "loopback", output: "loopback", realtimePriority: 50)
        let running = try await RunningAudio(configuration, loopsBack: true)
        let audio = running.audio
        // Publisher 0's tone is mixed by player 0; the loop-back brings it to publisher 1, which player 1 writes.
        let path = directory.path + "/loop.wav"
        try await audio.player(0).start()
        try await audio.player(1).start(PlayerAudio(sink: .file(path: path)))
        try await audio.publisher(1).start(PublisherAudio(source: .device))
        try await audio.publisher(0).start(PublisherAudio(source: .tone(hertz: 1000)))
        try await eventually("the tone's level") { audio.player(1).snapshot.soundLevel > 60 }
        #expect(audio.snapshot.capturedSoundLevel > 60)
        await running.stop()
        let tail = try WAVFile.read(path).samples.suffix(9600)
        #expect(tail.contains { abs($0) > 0.2 })
    }

    @Test("an output file is a WAV file while it is written")
    func outputFile() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/mix.wav"
        let configuration = AudioConfiguration(input: "tone:440", output: "file:\(path)", realtimePriority: 50)
        let running = try await RunningAudio(configuration, loopsBack: true)
        try await running.audio.player(0).start()
        try await running.audio.publisher(0).start(PublisherAudio())
        try await eventually("a second in the file") { ((try? WAVFile.read(path).frames) ?? 0) > 48_000 }
        await running.stop()
        let samples = try WAVFile.read(path).samples
        #expect(samples.suffix(4800).contains { abs($0) > 0.2 })
    }

    @Test("mute and volumes work, by ramps")
    func muteAndVolume() async throws {
        let running = try await RunningAudio(
            AudioConfiguration(input: "tone:440", output: "null", realtimePriority: 50),
            loopsBack: true)
        let audio = running.audio
        try await audio.player(0).start()
        try await audio.publisher(0).start(PublisherAudio())
        try await eventually("sound") { audio.player(0).snapshot.soundLevel > 60 }
        audio.setMicrophoneMuted(true)
        try await eventually("silence of the microphone") { audio.player(0).snapshot.soundLevel < 1 }
        #expect(audio.publisher(0).snapshot.isRunning)
        audio.setMicrophoneMuted(false)
        try await eventually("sound again") { audio.player(0).snapshot.soundLevel > 60 }
        audio.publisher(0).setMuted(true)
        try await eventually("silence of the publisher") { audio.player(0).snapshot.soundLevel < 1 }
        #expect(audio.snapshot.capturedSoundLevel > 60)
        audio.publisher(0).setMuted(false)
        try await eventually("sound once more") { audio.player(0).snapshot.soundLevel > 60 }
        audio.player(0).setVolume(10)
        // From −15 dBov to −35, which is 42 of 100.
        try await eventually("20 dB less") { (35...50).contains(audio.player(0).snapshot.soundLevel) }
        audio.player(0).setMuted(true)
        try await eventually("silence of the player") { audio.player(0).snapshot.soundLevel < 1 }
        await running.stop()
    }

    @Test(
        "an unknown device is told with what to do, and the call goes on", .serialized,
        arguments: AudioDirection.allCases)
    func unknownDevice(direction: AudioDirection) async throws {
        _ = try CardRig.shared.get()
        var configuration = Self.quiet
        if direction == .input { configuration.input = "no-such-card" } else { configuration.output = "no-such-card" }
        let running = try await RunningAudio(configuration, loopsBack: true)
        let audio = running.audio
        let status = direction == .input ? audio.snapshot.input : audio.snapshot.output
        #expect(status.state == .failed)
        #expect(status.error?.message.contains("zegoctl devices") == true)
        try await audio.player(0).start()
        try await audio.publisher(0).start(PublisherAudio(source: .tone(hertz: 440)))
        try await eventually("sound") { audio.player(0).snapshot.soundLevel > 60 }
        let other = try await audio.useDevice("null", for: direction)
        #expect(other.state == .running)
        #expect(running.states(direction) == [.failed, .running])
        await running.stop()
    }

    @Test("malformed names and parameters are refused before anything happens")
    func refuses() async throws {
        for input in ["", "tone:", "tone:abc", "tone:99999", "file:", "bad\nname"] {
            #expect(throws: AudioError.self) {
                _ = try AudioSystem(configuration: AudioConfiguration(input: input)) { _ in }
            }
        }
        #expect(throws: AudioError.self) {
            _ = try AudioSystem(configuration: AudioConfiguration(output: "tone:440")) { _ in }
        }
        let running = try await RunningAudio(Self.quiet)
        await #expect(throws: AudioError.self) {
            try await running.audio.publisher(0).start(PublisherAudio(frameMilliseconds: 30))
        }
        await #expect(throws: AudioError.self) {
            try await running.audio.publisher(0).start(PublisherAudio(source: .file(path: "/etc/passwd", loop: true)))
        }
        await #expect(throws: AudioError.self) {
            try await running.audio.player(0).start(PlayerAudio(sink: .file(path: "/nonexistent/x.wav")))
        }
        #expect(!running.audio.publisher(0).snapshot.isRunning)
        await running.stop()
        await #expect(throws: AudioError.stopped) { try await running.audio.publisher(0).start(PublisherAudio()) }
    }

    @Test("starting, stopping and starting anew leaves nothing behind")
    func restarts() async throws {
        let running = try await RunningAudio(Self.quiet, loopsBack: true)
        let audio = running.audio
        for _ in 0..<10 {
            try await audio.player(3).start()
            try await audio.publisher(3).start(PublisherAudio(source: .tone(hertz: 300)))
            // A second start replaces the first.
            try await audio.publisher(3).start(PublisherAudio(source: .tone(hertz: 600)))
            try await eventually("a packet") { audio.player(3).snapshot.packetsReceived > 1 }
            await audio.publisher(3).stop()
            await audio.player(3).stop()
            #expect(!audio.player(3).snapshot.isRunning)
        }
        #expect(audio.snapshot.droppedEncodedFrames == 0)
        await running.stop()
        await running.audio.stop()
    }

    @Test("devices that are asked for at the same time are taken one after the other, and each is let go of")
    func devicesAtOnce() async throws {
        let directory = try TemporaryDirectory()
        let running = try await RunningAudio(Self.quiet)
        let audio = running.audio
        let paths = (0..<12).map { "\(directory.path)/\($0).wav" }
        for round in 0..<3 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<4 {
                    group.addTask { try await audio.useDevice("file:\(paths[4 * round + number])", for: .output) }
                    group.addTask { try await audio.useDevice("tone:\(300 + number)", for: .input) }
                    group.addTask { await audio.setChannels(input: 1 + number % 2, output: 1) }
                }
                try await group.waitForAll()
            }
            let device = audio.snapshot.output.deviceID.dropFirst("file:".count)
            try await eventually("sound in the last") { ((try? WAVFile.read(String(device)).frames) ?? 0) > 9600 }
            #expect(audio.snapshot.output.state == .running && audio.snapshot.input.state == .running)
        }
        await running.stop()
        // Complete, all of them: the header says what is there.
        for path in paths {
            let bytes = try #require(TextFile.read(path))
            try #require(bytes.count >= 44)
            let length = (0..<4).reduce(0) { $0 | Int(bytes[40 + $1]) << (8 * $1) }
            #expect(length == bytes.count - 44, "\(path)")
        }
        #expect(running.states(.output).allSatisfy { $0 == .running || $0 == .closed })
    }

    @Test("a stop in the middle of what begins waits for nothing that does not come")
    func stopsWhileBeginning() async throws {
        let directory = try TemporaryDirectory()
        for round in 0..<8 {
            let running = try await RunningAudio(Self.quiet)
            let audio = running.audio
            let path = "\(directory.path)/\(round)"
            async let recording: AudioRecording? = try? audio.startRecording(
                RecordingRequest(path: path + ".wav", source: .mix, format: .wav))
            async let device = try? audio.useDevice("file:\(path)-out.wav", for: .output)
            async let again: Void = audio.stop()
            await audio.stop()
            _ = await (recording, device, again)
            #expect(audio.snapshot.output.state == .closed && audio.snapshot.input.state == .closed)
            // Another one stops what it has, if it began at all.
            try? await recording?.stop()
            await running.stop()
        }
    }

    @Test("a file that has to be brought to another rate holds up nobody")
    func longFile() async throws {
        let directory = try TemporaryDirectory()
        let (input, output) = (directory.path + "/in.wav", directory.path + "/out.wav")
        // So long that all the sound of a sink would not fit into its ring meanwhile.
        let long = (0..<8000 * 40).map { Int16($0 % 100) }
        #expect(TextFile.write(WAVFileTests.bytes(samples: long, rate: 8000), to: input))
        let running = try await RunningAudio(Self.quiet, loopsBack: true)
        let audio = running.audio
        try await audio.player(0).start(PlayerAudio(sink: .file(path: output)))
        try await audio.publisher(0).start(PublisherAudio(source: .tone(hertz: 440)))
        try await eventually("sound") { audio.player(0).snapshot.soundLevel > 60 }
        try await audio.publisher(1).start(PublisherAudio(source: .file(path: input, loop: false)))
        let played = audio.player(0).snapshot.samplesPlayed
        try await eventually("a second more") { audio.player(0).snapshot.samplesPlayed > played + 48_000 }
        await running.stop()
        var (silent, longest) = (0, 0)
        for sample in try WAVFile.read(output).samples.drop(while: { abs($0) < 0.1 }).dropLast(4800) {
            silent = sample == 0 ? silent + 1 : 0
            longest = max(longest, silent)
        }
        #expect(longest < 4800)
    }

    @Test("a system that never started can be stopped")
    func stopsUnstarted() async throws {
        let audio = try AudioSystem(configuration: Self.quiet) { _ in }
        await audio.stop()
        #expect(audio.snapshot.input.state == .closed)
    }

    @Test("the devices of the machine are listed, ours among them")
    func lists() throws {
        _ = try CardRig.shared.get()
        #expect(AudioDevices.list(.input).map(\.deviceID).contains("tone:440"))
        #expect(AudioDevices.list(.output).map(\.deviceID).contains("null"))
        #expect(!AudioDevices.list(.output).map(\.deviceID).contains("tone:440"))
        try AudioDevices.probe("null", for: .output)
        #expect(throws: AudioError.self) { try AudioDevices.probe("no-such-card", for: .input) }
    }
}
