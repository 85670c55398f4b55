import Glibc
import StallWatch
import Testing
import Transport
import VoiceAudio

@Suite("Cards, through the real ALSA interface", .serialized, .realTime, .timeLimit(.minutes(3)))
struct CardTests: CardSuite {
    let directory: TemporaryDirectory

    init() throws {
        _ = try CardRig.shared.get()
        directory = try TemporaryDirectory()
    }

    private func configuration(input: String = "null", output: String = "null") -> AudioConfiguration {
        AudioConfiguration(input: input, output: output, realtimePriority: 50)
    }

    @Test("speech through a microphone and a loudspeaker", arguments: ["S16_LE", "S32_LE", "FLOAT_LE"])
    func capturesAndPlays(format: String) async throws {
        let speech = Speech.samples(seconds: 4, seed: 31)
        #expect(TextFile.writeSamples(speech, to: directory.path + "/mic.raw"))
        // The microphone's file has 16 bits; the loudspeaker has the format under test.
        let running = try await RunningAudio(
            configuration(input: card("mic.raw"), output: card("speaker.raw", ",FORMAT=\(format)")), loopsBack: true)
        let audio = running.audio
        #expect(audio.snapshot.input.state == .running)
        #expect(audio.snapshot.output.state == .running)
        try await audio.player(0).start()
        try await audio.publisher(0).start(PublisherAudio(bitrate: 64_000))
        let bytes = format == "S16_LE" ? 2 : 4
        try await eventually("3.5 s played") {
            (TextFile.read(directory.path + "/speaker.raw")?.count ?? 0) > bytes * 48_000 * 7 / 2
        }
        let snapshot = audio.snapshot
        let player = audio.player(0).snapshot
        let (capture, playback) = (snapshot.captureDelay ?? -1, snapshot.playbackDelay ?? -1)
        #expect(playback > 5 && playback < 45)
        #expect(capture >= 0 && capture < 30)
        await running.stop()
        guard format == "S16_LE" else { return }
        let heard = TextFile.readSamples(directory.path + "/speaker.raw")
        // The first second was captured before there was a publisher.
        let source = Array(speech[48_000..<3 * 48_000])
        let verdict = Judge(source: source).verdict(on: Array(heard[48_000...]), maximumDelay: 24_000)
        #expect(verdict.share > 0.85, "\(verdict) xruns \(snapshot.inputXruns)+\(snapshot.outputXruns) \(player)")
    }

    @Test("a stereo stream is heard in stereo where the card has two sides, a mono one costs one", arguments: [1, 2])
    func stereo(channels: Int) async throws {
        // Left and right are not alike: 440 Hz against silence.
        let tone = (0..<96_000).map {
            Int16($0 % 2 == 0 ? 8000 * sin(2 * Double.pi * 440 * Double($0 / 2) / 48_000) : 0)
        }
        let path = directory.path + "/stereo.wav"
        #expect(TextFile.write(WAVFileTests.bytes(samples: tone, channels: 2), to: path))
        let running = try await RunningAudio(
            configuration(output: card("speaker.raw", ",CHANNELS=2")), loopsBack: true)
        let audio = running.audio
        try await audio.player(0).start()
        try await audio.publisher(0).start(
            PublisherAudio(
                source: .file(path: path, loop: true), bitrate: 128_000, channels: channels, application: .music))
        try await eventually("two seconds") { audio.player(0).snapshot.packetsReceived > 100 }
        await running.stop()
        let heard = TextFile.readSamples(directory.path + "/speaker.raw")
        let left = stride(from: 0, to: heard.count - 1, by: 2).map { heard[$0] }
        let right = stride(from: 1, to: heard.count, by: 2).map { heard[$0] }
        #expect(left.contains { $0 > 0.1 })
        if channels == 2 {
            #expect(right.allSatisfy { abs($0) < 0.05 })
        } else {
            #expect(zip(left, right).allSatisfy { $0 == $1 })
        }
        let worst = zip(left, left.dropFirst()).map { abs($0 - $1) }.max() ?? 0
        #expect(worst < 0.03, "no click at the change")
    }

    @Test("by how much the clocks of two cards differ is found out, and nothing comes of it", arguments: [300.0, -300])
    func drift(partsPerMillion: Double) async throws {
        #expect(TextFile.writeSamples(Speech.samples(seconds: 2), to: directory.path + "/mic.raw"))
        let running = try await RunningAudio(
            configuration(
                input: card("mic.raw", ",LOOP=1,PPM=\(partsPerMillion)"),
                output: card("speaker.raw", ",GRANULARITY=192,PPM=\(-partsPerMillion)")), loopsBack: true)
        let audio = running.audio
        try await audio.player(0).start()
        try await audio.publisher(0).start(PublisherAudio())
        // A third of it is learned after 10 s, in spite of stalls of the machine after 20; by time-stretching alone nothing.
        try await eventually(within: 60, "a clock that is seen to differ") {
            audio.player(0).snapshot.driftPartsPerMillion / partsPerMillion > 0.6
        }
        try await eventually("a delay that is not longer for it") {
            let player = audio.player(0).snapshot
            return player.bufferDelay < player.targetDelay + 20
        }
        // Each card wakes the thread for its own blocks, in whatever phase they are at the moment.
        try await eventually("blocks that are taken as soon as they are there") {
            audio.snapshot.captureDelay.map { $0 < 2 } ?? false
        }
        #expect(running.states(.input) == [.running])
        await running.stop()
    }

    @Test(
        "with short periods less waits in a card that tells at any moment what it has played than in one that moves in periods",
        arguments: [0, 240])
    func cadence(granularity: Int) async throws {
        #expect(TextFile.writeSamples(Speech.samples(seconds: 2), to: directory.path + "/mic.raw"))
        let running = try await RunningAudio(
            AudioConfiguration(
                input: card("mic.raw", ",LOOP=1"), output: card("speaker.raw", ",GRANULARITY=\(granularity)"),
                periodMilliseconds: 5, realtimePriority: 50), loopsBack: true)
        let audio = running.audio
        try await audio.player(0).start()
        try await audio.publisher(0).start(PublisherAudio())
        // The limiter, and a period that is left when the next block is made; half of one more, where the card takes two
        // blocks at once. (Longer for a while where the machine stands still and the card runs dry.)
        let expected = granularity > 0 ? 8.0 : 5.5
        try await eventually(within: 60, "a delay of \(expected) ms") {
            audio.player(0).snapshot.packetsReceived > 150 && abs((audio.snapshot.playbackDelay ?? 0) - expected) < 0.4
        }
        // The jitter buffer does not pay for that: a block, and little beside it.
        try await eventually(within: 60, "a short jitter buffer") { audio.player(0).snapshot.bufferDelay < 12 }
        #expect(running.states(.output) == [.running])
        await running.stop()
    }

    @Test("an underrun and an overrun are recovered and counted")
    func xruns() async throws {
        #expect(TextFile.writeSamples(Speech.samples(seconds: 2), to: directory.path + "/mic.raw"))
        let running = try await RunningAudio(
            configuration(input: card("mic.raw", ",LOOP=1"), output: card("speaker.raw")), loopsBack: true)
        let audio = running.audio
        try await audio.player(0).start()
        try await audio.publisher(0).start(PublisherAudio())
        try await eventually("sound") { audio.player(0).snapshot.packetsReceived > 20 }
        for file in ["mic.raw", "speaker.raw"] {
            for _ in 0..<3 {
                let before = audio.snapshot.xruns
                fault(file, "xrun")
                try await eventually("an xrun of \(file)") { audio.snapshot.xruns > before }
            }
        }
        #expect(audio.snapshot.inputXruns >= 3 && audio.snapshot.outputXruns >= 3)
        let packets = audio.player(0).snapshot.packetsReceived
        try await eventually("packets after it") { audio.player(0).snapshot.packetsReceived > packets + 20 }
        #expect(running.states(.output) == [.running])
        await running.stop()
    }

    @Test(
        "a card that is pulled out is told, replaced by silence, and taken up again", arguments: AudioDirection.allCases
    )
    func unplugged(direction: AudioDirection) async throws {
        #expect(TextFile.writeSamples(Speech.samples(seconds: 2), to: directory.path + "/mic.raw"))
        let file = direction == .input ? "mic.raw" : "speaker.raw"
        let running = try await RunningAudio(
            configuration(input: card("mic.raw", ",LOOP=1"), output: card("speaker.raw")), loopsBack: true)
        let audio = running.audio
        try await audio.player(0).start()
        try await audio.publisher(0).start(PublisherAudio())
        try await eventually("sound") { audio.player(0).snapshot.packetsReceived > 20 }
        fault(file, "gone")
        try await eventually("the loss is told") { running.states(direction) == [.running, .lost] }
        let packets = audio.player(0).snapshot.packetsReceived
        try await eventually("the call goes on") { audio.player(0).snapshot.packetsReceived > packets + 20 }
        fault(file, nil)
        try await eventually("the return is told") { running.states(direction) == [.running, .lost, .running] }
        let later = audio.player(0).snapshot.packetsReceived
        try await eventually("sound through it") { audio.player(0).snapshot.packetsReceived > later + 20 }
        await running.stop()
    }

    @Test("a card that stands still counts as lost")
    func stuck() async throws {
        let running = try await RunningAudio(configuration(output: card("speaker.raw")), loopsBack: true)
        try await running.audio.player(0).start()
        try await eventually("playing") { (running.audio.snapshot.playbackDelay ?? 0) > 0 }
        fault("speaker.raw", "stuck")
        try await eventually("the loss is told") { running.states(.output).contains(.lost) }
        let beat = running.audio.snapshot.heartbeat
        try await eventually("the thread turns") { running.audio.snapshot.heartbeat > beat + 50 }
        await running.stop()
    }

    @Test("a plug-in that signals room it does not have makes nobody spin")
    func shortRoom() async throws {
        fault("speaker.raw", "short")
        let running = try await RunningAudio(configuration(output: card("speaker.raw")), loopsBack: true)
        try await running.audio.player(0).start()
        try await eventually("half a second played") {
            (TextFile.read(directory.path + "/speaker.raw")?.count ?? 0) > 48_000
        }
        let beat = running.audio.snapshot.heartbeat
        let began = MonotonicTime.now()
        try await eventually("a second later") { MonotonicTime.now().milliseconds(since: began) > 1000 }
        let turns = Double(running.audio.snapshot.heartbeat - beat) / MonotonicTime.now().milliseconds(since: began)
        // 100 for the timer of the capture side, 100 for the card, and as many looks in vain again.
        #expect(turns < 1)
        await running.stop()
    }

    @Test("devices change during a call")
    func changes() async throws {
        #expect(TextFile.writeSamples(Speech.samples(seconds: 2), to: directory.path + "/mic.raw"))
        let running = try await RunningAudio(configuration(), loopsBack: true)
        let audio = running.audio
        try await audio.player(0).start()
        try await audio.publisher(0).start(PublisherAudio())
        for name in ["tone:440", card("mic.raw", ",LOOP=1"), "loopback", "null", card("mic.raw", ",LOOP=1")] {
            let status = try await audio.useDevice(name, for: .input)
            #expect(status.state == .running)
            let packets = audio.player(0).snapshot.packetsReceived
            try await eventually("packets from \(name)") { audio.player(0).snapshot.packetsReceived > packets + 5 }
        }
        for name in [card("speaker.raw"), "null", card("speaker2.raw")] {
            #expect(try await audio.useDevice(name, for: .output).state == .running)
        }
        try await eventually("sound in the second loudspeaker") {
            (TextFile.read(directory.path + "/speaker2.raw")?.count ?? 0) > 9600
        }
        #expect(audio.player(0).snapshot.packetsLost == 0)
        await running.stop()
    }
}
