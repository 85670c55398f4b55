import Glibc
import StallWatch
import Testing
import Transport
import VoiceAudio

@Suite("Cards that are not as one would wish", .serialized, .realTime, .timeLimit(.minutes(3)))
struct CardTroubleTests: CardSuite {
    let directory: TemporaryDirectory

    init() throws {
        _ = try CardRig.shared.get()
        directory = try TemporaryDirectory()
    }

    /// A call with itself.
    private func call(input: String = "null", output: String = "null") async throws -> RunningAudio {
        let running = try await RunningAudio(
            AudioConfiguration(input: input, output: output, realtimePriority: 50), loopsBack: true)
        try await running.audio.player(0).start()
        try await running.audio.publisher(0).start(PublisherAudio())
        return running
    }

    private func goesOn(_ running: RunningAudio) async throws {
        let packets = running.audio.player(0).snapshot.packetsReceived
        try await eventually("the call goes on") { running.audio.player(0).snapshot.packetsReceived > packets + 20 }
    }

    @Test(
        "other rates, channels and formats are converted",
        arguments: [",RATE=44100", ",RATE=16000", ",CHANNELS=6", ",FORMAT=S24_3LE", ",RATE=44100,CHANNELS=4,FORMAT=U8"])
    func converted(what: String) async throws {
        let running = try await call(
            input: card("mic.raw", ",LOOP=1" + what.replacing("U8", with: "S16_LE")), output: card("speaker.raw", what))
        #expect(TextFile.writeSamples(Speech.samples(seconds: 1), to: directory.path + "/mic.raw"))
        #expect(running.audio.snapshot.output.state == .running, "\(running.audio.snapshot.output)")
        try await eventually("the microphone's file is there") {
            running.audio.snapshot.input.state == .running
        }
        try await goesOn(running)
        try await eventually("half a second played") {
            (TextFile.read(directory.path + "/speaker.raw")?.count ?? 0) > 24_000
        }
        #expect(running.states(.output) == [.running])
        await running.stop()
    }

    @Test("a card that another program holds is told so, and taken once it is free", arguments: AudioDirection.allCases)
    func busy(direction: AudioDirection) async throws {
        #expect(TextFile.writeSamples(Speech.samples(seconds: 1), to: directory.path + "/mic.raw"))
        fault("mic.raw", direction == .input ? "busy" : nil)
        fault("speaker.raw", direction == .output ? "busy" : nil)
        let running = try await call(input: card("mic.raw", ",LOOP=1"), output: card("speaker.raw"))
        func status() -> AudioDeviceStatus {
            direction == .input ? running.audio.snapshot.input : running.audio.snapshot.output
        }
        #expect(status().state == .failed)
        guard case .deviceBusy? = status().error else {
            Issue.record("\(status())")
            return
        }
        try await goesOn(running)
        fault(direction == .input ? "mic.raw" : "speaker.raw", nil)
        try await eventually("it is taken") { status().state == .running }
        #expect(running.states(direction) == [.failed, .running])
        try await goesOn(running)
        await running.stop()
    }

    @Test("a suspend that the card comes back from costs nothing but the time", arguments: AudioDirection.allCases)
    func suspended(direction: AudioDirection) async throws {
        #expect(TextFile.writeSamples(Speech.samples(seconds: 1), to: directory.path + "/mic.raw"))
        let running = try await call(input: card("mic.raw", ",LOOP=1"), output: card("speaker.raw"))
        try await goesOn(running)
        let file = direction == .input ? "mic.raw" : "speaker.raw"
        for _ in 0..<3 {
            let played = running.audio.player(0).snapshot.samplesPlayed
            let beat = running.audio.snapshot.heartbeat
            fault(file, "suspended")
            try await eventually("the thread turns") { running.audio.snapshot.heartbeat > beat + 30 }
            // While a loudspeaker sleeps nothing is played into it.
            if direction == .output {
                #expect(running.audio.player(0).snapshot.samplesPlayed < played + 48_000)
            }
            fault(file, nil)
            try await goesOn(running)
        }
        #expect(running.states(direction) == [.running])
        await running.stop()
    }

    @Test("a card that does not wake up from a suspend is lost, and taken up again when it does")
    func asleep() async throws {
        let running = try await call(output: card("speaker.raw"))
        try await goesOn(running)
        fault("speaker.raw", "suspended")
        try await eventually("the loss is told") { running.states(.output).contains(.lost) }
        fault("speaker.raw", nil)
        try await eventually("the return is told") { running.audio.snapshot.output.state == .running }
        let size = TextFile.read(directory.path + "/speaker.raw")?.count ?? 0
        try await eventually("it plays") {
            (TextFile.read(directory.path + "/speaker.raw")?.count ?? 0) > size + 9600
        }
        await running.stop()
    }

    @Test("a default that becomes another device is followed, and told")
    func defaultChanges() async throws {
        let rig = try CardRig.shared.get()
        rig.define("changing", as: card("first.raw"))
        let running = try await call(output: "changing")
        try await eventually("it plays") { (TextFile.read(directory.path + "/first.raw")?.count ?? 0) > 9600 }
        rig.define("changing", as: card("second.raw"))
        try await eventually("the other plays") {
            (TextFile.read(directory.path + "/second.raw")?.count ?? 0) > 9600
        }
        let notes = running.allEvents.compactMap { event -> String? in
            if case .deviceState(let status) = event, status.direction == .output { status.note } else { nil }
        }
        #expect(notes.count == 1 && notes[0].contains("changing"))
        // What other names stand for does not concern it.
        rig.define("something", as: "null")
        try await goesOn(running)
        try await goesOn(running)
        try await goesOn(running)
        #expect(running.states(.output) == [.running, .running])
        await running.stop()
    }

    @Test("what a card holds beyond its buffer is told as delay, and does not starve the jitter buffer")
    func hiddenQueue() async throws {
        #expect(TextFile.writeSamples(Speech.samples(seconds: 1), to: directory.path + "/mic.raw"))
        let running = try await call(input: card("mic.raw", ",LOOP=1"), output: card("speaker.raw", ",LATENCY=1920"))
        let audio = running.audio
        try await eventually("150 frames") { audio.player(0).snapshot.packetsReceived > 150 }
        let concealed = audio.player(0).snapshot.samplesConcealed
        try await eventually("150 frames more") { audio.player(0).snapshot.packetsReceived > 300 }
        let later = audio.player(0).snapshot.samplesConcealed
        #expect((audio.snapshot.playbackDelay ?? 0) > 40, "40 ms are in the hardware")
        #expect(later - concealed < 48 * 60, "of three seconds")
        await running.stop()
    }

    @Test("a delay that no card can have is not believed", arguments: ["400000000000000000", "-1000000"])
    func absurdDelay(latency: String) async throws {
        #expect(TextFile.writeSamples(Speech.samples(seconds: 1), to: directory.path + "/mic.raw"))
        let running = try await call(
            input: card("mic.raw", ",LOOP=1,LATENCY=\(latency)"), output: card("speaker.raw", ",LATENCY=\(latency)"))
        #expect(running.audio.snapshot.input.state == .running && running.audio.snapshot.output.state == .running)
        try await goesOn(running)
        let snapshot = running.audio.snapshot
        #expect((snapshot.captureDelay ?? -1) >= 0 && (snapshot.captureDelay ?? 1000) < 200)
        #expect((snapshot.playbackDelay ?? -1) >= 0 && (snapshot.playbackDelay ?? 1000) < 200)
        #expect(running.states(.input) == [.running] && running.states(.output) == [.running])
        await running.stop()
    }
}
