import Glibc
import StallWatch
import Testing
import Transport
import VoiceAudio

@Suite("Recordings", .serialized, .realTime, .timeLimit(.minutes(2)))
struct RecordingTests {
    private static let quiet = AudioConfiguration(input: "null", output: "null", realtimePriority: 50)

    /// A system whose publisher 0 speaks a file that player 0 plays.
    private static func talking(_ directory: TemporaryDirectory, _ speech: [Float]) async throws -> RunningAudio {
        let input = directory.path + "/in.wav"
        #expect(TextFile.write(WAVFileTests.bytes(samples: speech.map { Int16($0 * 32_000) }), to: input))
        let running = try await RunningAudio(quiet, loopsBack: true)
        try await running.audio.player(0).start()
        try await running.audio.publisher(0).start(PublisherAudio(source: .file(path: input, loop: true)))
        try await eventually("the voice is heard") { running.audio.player(0).snapshot.soundLevel > 30 }
        return running
    }

    @Test("what is said, what is heard and both are in their files", arguments: [RecordingFormat.wav, .oggOpus])
    func records(format: RecordingFormat) async throws {
        let directory = try TemporaryDirectory()
        let speech = Speech.samples(seconds: 1.5, seed: 12)
        let running = try await Self.talking(directory, speech)
        let began = MonotonicTime.now()
        var recordings: [AudioRecording] = []
        for source in RecordingSource.allCases {
            recordings.append(
                try await running.audio.startRecording(
                    RecordingRequest(path: "\(directory.path)/\(source)", source: source, format: format)))
        }
        try await eventually("four seconds") { MonotonicTime.now().milliseconds(since: began) > 4000 }
        let lasted = MonotonicTime.now().milliseconds(since: began) / 1000
        // What a killed process would leave behind now.
        let cut = try RecordingSource.allCases.map { try Self.read("\(directory.path)/\($0)", format) }
        for recording in recordings { try await recording.stop() }
        await running.stop()
        for (source, cut) in zip(RecordingSource.allCases, cut) {
            #expect(Double(cut.samples.count) / 48_000 > lasted - 1, "\(source) is cut at its last second")
            let whole = try Self.read("\(directory.path)/\(source)", format)
            #expect(whole.isComplete)
            #expect(Double(whole.samples.count) / 48_000 > lasted - 0.2)
            #expect(whole.samples.allSatisfy { abs($0) <= 1 })
            // In the mix the voice is there twice, said and heard: no judge finds it in that.
            if source != .mix { #expect(Self.share(of: speech, in: whole.samples) > 0.8, "\(source)") }
        }
    }

    /// How much of a looped voice is found in a recording that began somewhere in it.
    private static func share(of speech: [Float], in samples: [Float]) -> Double {
        let body = Array(samples.dropFirst(24_000))
        guard body.count > speech.count + 48_000 else { return 0 }
        return Judge(source: speech).verdict(on: body, maximumDelay: speech.count).share
    }

    private static func read(_ path: String, _ format: RecordingFormat) throws -> (samples: [Float], isComplete: Bool) {
        switch format {
        case .wav: return (try WAVFile.read(path).samples, true)
        case .oggOpus:
            let file = try OggOpusFile(TextFile.read(path) ?? [])
            #expect(!file.isDamaged)
            return (file.samples, file.isComplete)
        }
    }

    @Test("a recording of nothing is a file all the same", arguments: [RecordingFormat.wav, .oggOpus])
    func recordsNothing(format: RecordingFormat) async throws {
        let directory = try TemporaryDirectory()
        let running = try await RunningAudio(Self.quiet)
        let path = directory.path + "/short"
        let recording = try await running.audio.startRecording(
            RecordingRequest(path: path, source: .capture, format: format))
        try await recording.stop()
        await running.stop()
        if format == .oggOpus { #expect(try OggOpusFile(TextFile.read(path) ?? []).isComplete) }
        #expect((TextFile.read(path) ?? []).count >= 44)
    }

    @Test("four are made at once, a fifth is refused until one ends")
    func limit() async throws {
        let directory = try TemporaryDirectory()
        let running = try await RunningAudio(Self.quiet)
        func begin(_ number: Int) async throws -> AudioRecording {
            try await running.audio.startRecording(
                RecordingRequest(path: "\(directory.path)/\(number)", source: .mix, format: .wav))
        }
        var recordings: [AudioRecording] = []
        for number in 0..<4 { recordings.append(try await begin(number)) }
        await #expect(throws: AudioError.self) { _ = try await begin(4) }
        try await recordings[2].stop()
        _ = try await begin(5)
        await running.stop()
    }

    @Test("a full disk ends the recording and nothing else; what was written can be played")
    func fullDisk() async throws {
        let directory = try TemporaryDirectory()
        let disk = directory.path + "/disk"
        #expect(mkdir(disk, 0o700) == 0)
        try #require(Subprocess.run("/bin/mount", "-t", "tmpfs", "-o", "size=128k", "none", disk) == 0)
        defer {
            _ = Subprocess.run("/bin/umount", "-l", disk)
            rmdir(disk)
        }
        let running = try await Self.talking(directory, Speech.samples(seconds: 2, seed: 3))
        let path = disk + "/full.wav"
        let recording = try await running.audio.startRecording(
            RecordingRequest(path: path, source: .mix, format: .wav))
        try await eventually("the disk is full") {
            running.allEvents.contains {
                if case .recordingFailed(_, .diskFull) = $0 { true } else { false }
            }
        }
        await #expect(throws: AudioError.diskFull(path: path)) { try await recording.stop() }
        #expect(try WAVFile.read(path).frames > 48_000 / 2)
        let heard = running.audio.player(0).snapshot.samplesPlayed
        try await eventually("the call goes on") { running.audio.player(0).snapshot.samplesPlayed > heard + 24_000 }
        await running.stop()
    }

    @Test("two clocks stay together on one time line", arguments: [-400.0, -50, 0, 50, 400])
    func drift(partsPerMillion: Double) {
        var bridge = TimelineBridge(channels: 1)
        var heard = 0.0
        var produced = 0
        var output: [Float] = []
        // Two minutes of blocks; a tone of 300 Hz on the clock that drifts.
        for _ in 0..<12_000 {
            heard += 1 + partsPerMillion / 1e6
            while Double(produced) < heard {
                let block = (0..<480).map {
                    Float(0.5 * sin(2 * Double.pi * 300 * Double(produced * 480 + $0) / 48_000))
                }
                block.withUnsafeBufferPointer { bridge.append($0) }
                produced += 1
            }
            output += bridge.next()
            #expect(bridge.frames < 8 * 480)
        }
        let sound = output.dropFirst(4800)
        let steps = zip(sound, sound.dropFirst()).map { abs($0 - $1) }
        // A sine of this pitch goes 0.0197 from one sample to the next at most.
        #expect((steps.max() ?? 1) < 0.021)
        #expect(sound.suffix(48_000).contains { $0 > 0.49 })
    }

    @Test("without drift every sample comes out as it went in")
    func noDrift() {
        var bridge = TimelineBridge(channels: 2)
        let source = Speech.samples(seconds: 4, seed: 2).flatMap { [$0, -$0] }
        var output: [Float] = []
        for start in stride(from: 0, to: source.count - 959, by: 960) {
            source[start..<start + 960].withUnsafeBufferPointer { bridge.append($0) }
            output += bridge.next()
        }
        let sound = Array(output.drop { $0 == 0 }.dropFirst(960))
        let place = source.indices.first { source[$0...].starts(with: sound.prefix(2000)) }
        #expect(place.map { source[$0...].starts(with: sound.prefix(96_000)) } == true)
    }
}
