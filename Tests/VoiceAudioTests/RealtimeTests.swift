import Glibc
import Synchronization
import StallWatch
import Testing
import Transport
import VoiceAudio

@Suite("The audio thread's promises", .serialized, .realTime, .timeLimit(.minutes(3)))
struct RealtimeTests {
    /// The figures of a thread of this process by its name: policy and priority (fields 41 and 40 of proc_pid_stat(5)).
    private static func scheduling(of name: String) -> [(policy: Int, priority: Int)] {
        var found: [(Int, Int)] = []
        guard let tasks = opendir("/proc/self/task") else { return [] }
        defer { closedir(tasks) }
        while let entry = readdir(tasks) {
            let task = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard let bytes = TextFile.read("/proc/self/task/\(task)/stat") else { continue }
            let text = String(decoding: bytes, as: UTF8.self)
            guard text.contains("(\(name))"), let end = text.lastIndex(of: ")") else { continue }
            let fields = text[text.index(after: end)...].split(separator: " ")
            guard fields.count > 38, let policy = Int(fields[38]), let priority = Int(fields[37]) else { continue }
            found.append((policy, priority))
        }
        return found
    }

    @Test("it runs under SCHED_FIFO where that is allowed, and says so")
    func realtime() async throws {
        let isAllowed = Subprocess.run("/usr/bin/chrt", "-f", "1", "/bin/true") == 0
        let running = try await RunningAudio(
            AudioConfiguration(input: "null", output: "null", realtimePriority: 42))
        #expect(running.audio.snapshot.isRealtime == isAllowed)
        let refused = running.allEvents.contains {
            if case .audioThread(.realtimeRefused) = $0 { true } else { false }
        }
        #expect(refused == !isAllowed)
        if isAllowed {
            try await eventually("the thread shows in /proc") {
                Self.scheduling(of: "zego-audio").contains { $0.policy == Int(SCHED_FIFO) && $0.priority == 42 }
            }
        }
        await running.stop()
    }

    @Test("it beats, and each beat can be seen")
    func heartbeat() async throws {
        let running = try await RunningAudio(AudioConfiguration(input: "null", output: "null", realtimePriority: 0))
        let before = running.audio.snapshot.heartbeat
        try await eventually("100 beats") { running.audio.snapshot.heartbeat > before + 100 }
        let snapshot = running.audio.snapshot
        #expect(snapshot.meanWakeUpLateness > 0)
        #expect(snapshot.worstWakeUpLateness >= snapshot.meanWakeUpLateness)
        await running.stop()
    }

    /// Runs ``allocationProbe()`` in a process of its own that counts (Tools/malloc_count.c).
    @Test(
        "it allocates nothing, over a thousand blocks of a call with cards, loss, mute, echo processing and recordings")
    func allocatesNothing() throws {
        let directory = try TemporaryDirectory()
        let tools = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/Tools"
        let library = directory.path + "/malloc_count.so"
        #expect(
            Subprocess.run("/usr/bin/gcc", "-O2", "-shared", "-fPIC", "-o", library, tools + "/malloc_count.c") == 0)
        let report = directory.path + "/report"
        let status = Subprocess.run(
            "/proc/self/exe", ["--testing-library", "swift-testing", "--filter", "allocationProbe"],
            environment: ["LD_PRELOAD": library, "ZEGO_ALLOCATION_REPORT": report])
        #expect(status == 0)
        let text = String(decoding: try #require(TextFile.read(report)), as: UTF8.self)
        let numbers = text.split(separator: " ").compactMap { Int($0) }
        try #require(numbers.count == 2)
        #expect(numbers[0] > 2000, "turns")
        #expect(numbers[1] == 0, "allocations")
    }

    @Test(.enabled(if: getenv("ZEGO_ALLOCATION_REPORT") != nil, "run by allocatesNothing"))
    func allocationProbe() async throws {
        let report = String(cString: try #require(getenv("ZEGO_ALLOCATION_REPORT")))
        let symbol = try #require(dlsym(nil, "malloc_count_of_audio_thread"))
        let count = unsafeBitCast(symbol, to: (@convention(c) () -> Int).self)
        _ = try CardRig.shared.get()
        let directory = try TemporaryDirectory()
        #expect(TextFile.writeSamples(Speech.samples(seconds: 2), to: directory.path + "/mic.raw"))
        let configuration = AudioConfiguration(
            input: "ztest:FILE=\(directory.path)/mic.raw,LOOP=1", output: "ztest:FILE=\(directory.path)/speaker.raw",
            realtimePriority: 0,
            processing: CaptureProcessing(echo: .aggressive, noise: .medium, gain: .medium))
        let running = try await RunningAudio(configuration, loopsBack: true)
        let audio = running.audio
        for (number, source) in RecordingSource.allCases.enumerated() {
            _ = try await audio.startRecording(
                RecordingRequest(
                    path: "\(directory.path)/\(source)", source: source, format: number == 0 ? .wav : .oggOpus))
        }
        for channel in 0..<4 {
            let sink = channel == 3 ? PlayerAudio.Sink.file(path: directory.path + "/out.wav") : .device
            try await audio.player(channel).start(PlayerAudio(sink: sink))
            try await audio.publisher(channel).start(PublisherAudio(frameMilliseconds: channel == 1 ? 10 : 20))
        }
        // Beside it one of the shortest blocks and frames, in stereo.
        let quick = try await RunningAudio(
            AudioConfiguration(
                input: "ztest:FILE=\(directory.path)/mic.raw,LOOP=1",
                output: "ztest:FILE=\(directory.path)/speaker2.raw,CHANNELS=2", realtimePriority: 0, isLowDelay: true),
            loopsBack: true)
        try await quick.audio.player(0).start()
        try await quick.audio.publisher(0).start(
            PublisherAudio(channels: 2, frameMilliseconds: 5, application: .lowDelay))
        try await eventually("all play") {
            audio.player(3).snapshot.packetsReceived > 25 && quick.audio.player(0).snapshot.packetsReceived > 100
        }
        let (turns, allocations) = (audio.snapshot.heartbeat, count())
        let blocks = audio.player(0).snapshot.samplesPlayed
        // Another processor takes over, and the first comes back.
        await audio.setProcessing(CaptureProcessing(echo: .soft, noise: .soft))
        var round = 0
        try await eventually(within: 40, "a thousand blocks") {
            round += 1
            audio.setMicrophoneMuted(round / 100 % 2 == 1)
            audio.player(1).setVolume(round % 200)
            audio.publisher(0).setBitrate(24_000 + round % 40 * 1000)
            audio.publisher(0).setExpectedLoss(percent: round % 20)
            return audio.player(0).snapshot.samplesPlayed > blocks + 1000 * AudioLimits.blockSamples
                && audio.snapshot.heartbeat > turns + 2000
        }
        let line = "\(audio.snapshot.heartbeat - turns) \(count() - allocations)"
        #expect(TextFile.write(line, to: report))
        await quick.stop()
        await running.stop()
    }

    /// Processor time of one publisher and four players; printed for the closing note, bounded loosely.
    @Test("one publisher and four players cost little")
    func processorTime() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/speech.wav"
        let speech = Speech.samples(seconds: 4).map { Int16($0 * 32_000) }
        #expect(TextFile.write(WAVFileTests.bytes(samples: speech), to: path))
        let configuration = AudioConfiguration(input: "null", output: "null", realtimePriority: 70)
        let running = try await RunningAudio(configuration, loopsBack: true, listeners: 4)
        let audio = running.audio
        for slot in 0..<4 { try await audio.player(slot).start() }
        try await audio.publisher(0).start(PublisherAudio(source: .file(path: path, loop: true)))
        try await eventually("all play") { audio.player(3).snapshot.packetsReceived > 25 }
        let began = MonotonicTime.now()
        let before = audio.snapshot.processorNanoseconds
        try await eventually("four seconds") { MonotonicTime.now().milliseconds(since: began) > 4000 }
        let used = Double(audio.snapshot.processorNanoseconds - before) / 1e6
        let share = used / MonotonicTime.now().milliseconds(since: began)
        let lateness = (audio.snapshot.meanWakeUpLateness, audio.snapshot.worstWakeUpLateness)
        print(
            "one publisher, four players: \(Int(share * 1000)) ‰ of a processor;",
            "wake-up \(Int(lateness.0)) µs late on average, \(Int(lateness.1)) µs at worst")
        #expect(share < 0.5)
        await running.stop()
    }
}
