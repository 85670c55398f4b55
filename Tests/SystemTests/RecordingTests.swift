import FoundationEssentials
import Glibc
import StallWatch
import Testing

/// Recordings as their users get them: through the socket, and judged by programs that are not ours.
@Suite("Recordings", .realTime, .timeLimit(.minutes(4)))
struct RecordingTests {
    /// Seconds and level of an audio file, as FFmpeg's libraries (PyAV) read it; nil while they cannot.
    private func length(of path: String) throws -> Double? {
        let script = """
            import sys, av
            with av.open(sys.argv[1]) as file:
                print(sum(frame.samples for frame in file.decode(audio=0)) / file.streams.audio[0].rate)
            """
        let result = try Command.run([Programs.python, "-c", script, path], upTo: 30)
        return result.status == 0 ? Double(result.output.split(whereSeparator: \.isWhitespace).last ?? "") : nil
    }

    @Test("a recording of the microphone through echo, noise and gain is the voice as it was")
    func voiceIsWhole() throws {
        let cards = try ALSACards(microphone: try WAVFile(path: Programs.voice))
        let daemon = try Daemon(input: "ztest_mic", output: "ztest_speaker", environment: cards.environment)
        let control = try daemon.control()
        #expect(try daemon.status()["audio"]["processing"]["aec"].string == "medium")
        try control.call("startRecording", ["path": "voice.wav", "type": "capture"])
        let seconds = Double(try WAVFile(path: Programs.voice).samples.count) / Double(WAVFile.rate) * 2 + 2
        try waitUntil(upTo: 60, for: "two passes of the voice") {
            let samples = try? WAVFile(path: daemon.media("voice.wav")).samples.count
            return Double(samples ?? 0) / Double(WAVFile.rate) > seconds ? true : nil
        }
        try control.call("stopRecording")
        let judgement = try SoundJudge.compare(reference: Programs.voice, recording: daemon.media("voice.wav"))
        print("measured: the microphone's voice behind echo cancellation and noise suppression: \(judgement)")
        #expect(judgement.found && judgement.pesq > 4.2 && judgement.recognised > 0.95)
    }

    @Test("a daemon that is killed leaves files that play up to their last second")
    func survivesKill() throws {
        let daemon = try Daemon(input: "tone:440")
        let control = try daemon.control()
        let events = try daemon.events()
        try daemon.login("room1", as: "user1")
        try control.call("startPublishing", ["streamID": "s"])
        let began = monotonicSeconds()
        let files = ["said.wav", "both.ogg", "heard.opus"]
        for (file, type) in zip(files, ["capture", "mix", "playback"]) {
            try control.call("startRecording", ["path": .string(file), "type": .string(type)])
            let event = try events.next("recording-state")
            #expect(event["path"].string == file)
            #expect(event["state"].string == "started")
        }
        #expect(try daemon.status()["recordings"][1]["path"].string == "both.ogg")
        try waitUntil(upTo: 20, for: "five seconds") { monotonicSeconds() > began + 5 ? true : nil }
        let lasted = monotonicSeconds() - began
        kill(daemon.process.pid, SIGKILL)
        _ = try daemon.process.wait(upTo: 10)
        for file in files {
            let length = try #require(try length(of: daemon.media(file)), "\(file) cannot be played")
            print("measured: \(file) of a daemon killed after \(lasted) s plays \(length) s")
            #expect(length > lasted - 1.2, "\(file)")
        }
    }

    @Test("what is written is on the disk within seconds; a disk that takes its time over that holds up nothing")
    func isOnTheDisk() throws {
        let place = try TemporaryDirectory()
        let shim = place.file("slow_disk.so")
        try Command.demand(["gcc", "-O2", "-shared", "-fPIC", "-o", shim, "\(Programs.tools)/slow_disk.c"])
        let log = place.file("log")
        let server = try Daemon(input: "tone:440")
        try server.login("room1", as: "server")
        try server.control().call("startPublishing", ["streamID": "far", "wait": 20])
        let daemon = try Daemon(
            server: try server.asServer(), input: "tone:880",
            environment: ["LD_PRELOAD": shim, "SLOW_DISK_LOG": log, "SLOW_DISK_MS": "700"])
        let control = try daemon.control()
        try daemon.login("room1", as: "user1")
        try control.call("startPlaying", ["streamID": "far", "sink": ["file": "far.wav"], "wait": 20])
        try control.call("startRecording", ["path": "said.wav", "type": "capture"])
        try control.call("startPublishing", ["streamID": "near"])
        func times(_ name: String) -> [Double] {
            ((try? Files.text(log)) ?? "").split(separator: "\n").filter { $0.hasSuffix("/\(name)") }.compactMap {
                $0.split(separator: " ").first.flatMap { Double($0) }
            }
        }
        let files = ["far.wav", "said.wav"]
        try waitUntil(upTo: 30, for: "four times each on the disk", instead: { (try? Files.text(log)) ?? "" }) {
            files.allSatisfy { times($0).count >= 4 } ? true : nil
        }
        try control.call("stopRecording")
        try control.call("stopPlaying", ["streamID": "far"])
        for name in files {
            let gaps = zip(times(name), times(name).dropFirst()).map { $1 - $0 }
            print("measured: \(name) is brought to a slow disk every \(gaps) s")
            #expect(gaps.allSatisfy { $0 < 4 }, "\(name): \(gaps)")
            // Without a hole: the tone sounds from the beginning to the end.
            let sound = try WAVFile(path: daemon.media(name))
            let seconds = Double(sound.samples.count) / Double(WAVFile.rate)
            #expect(sound.loudestTone().seconds > seconds - 1 && seconds > 3, "\(name) has \(seconds) s")
        }
    }

    @Test("a full disk is told of, and the call goes on")
    func fullDisk() throws {
        let daemon = try Daemon(input: "tone:440")
        let disk = daemon.media("disk")
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
        try Command.demand(["mount", "-t", "tmpfs", "-o", "size=256k,mode=777", "none", disk])
        defer { _ = try? Command.run(["umount", "-l", disk]) }
        let control = try daemon.control()
        let events = try daemon.events()
        try daemon.login("room1", as: "user1")
        try control.call("startPublishing", ["streamID": "s"])
        try control.call("startRecording", ["path": "disk/full.wav", "type": "mix"])
        let failure = try events.next("recording-state", upTo: 20) { $0["state"].string == "failed" }
        #expect(failure["errorCode"].integer == 1_010_017)
        #expect(failure["path"].string == "disk/full.wav")
        #expect(try length(of: disk + "/full.wav") ?? 0 > 2)
        #expect(try daemon.status()["recordings"][0] == .null)
        #expect(try daemon.status()["publishers"][0]["state"].string == "publishing")
        // There is room elsewhere.
        try control.call("startRecording", ["path": "more.ogg", "type": "mix"])
        try control.call("stopRecording", ["path": "more.ogg"])
    }
}
