import Glibc
import Testing

/// A call that something is done to: a daemon with its room server publishes a tone, a second one plays it, neither with a
/// card. Timers pace their audio threads, so a block that begins more than 10 ms late is counted, as a card counts an xrun.
struct StressedCall {
    static let stream = "stream1"
    let daemon: Daemon
    let listener: Daemon
    private let before: (near: Int, far: Int)
    private let began = monotonicSeconds()

    /// - Parameter prepare: done to the daemon when it runs and before it makes the call.
    init(environment: [String: String] = [:], prepare: (Daemon) throws -> Void = { _ in }) throws {
        daemon = try Daemon(input: "tone:440", environment: environment)
        listener = try Daemon(server: try daemon.asServer())
        try prepare(daemon)
        try daemon.login("room1", as: "user1")
        try listener.login("room1", as: "user2")
        try daemon.control().call("startPublishing", ["streamID": .string(Self.stream), "wait": 20])
        try listener.control().call("startPlaying", ["streamID": .string(Self.stream), "wait": 20])
        try listener.control().call("startSoundLevelMonitor", ["intervalMs": 100])
        before = (try Self.lateBlocks(daemon), try Self.lateBlocks(listener))
    }

    private static func lateBlocks(_ daemon: Daemon) throws -> Int {
        let metrics = try daemon.metrics()
        guard let late = metrics["zegod_audio_late_blocks_total"], let xruns = metrics["zegod_audio_xruns_total"] else {
            throw WaitedInVain(description: "no count of late blocks: \(metrics.keys.sorted())")
        }
        return Int(late + xruns)
    }

    /// The tone is still heard, and no audio thread was late on the way.
    func expectWhole(_ what: String, _ location: SourceLocation = #_sourceLocation) throws {
        #expect(daemon.process.isRunning && listener.process.isRunning, sourceLocation: location)
        let late = (try Self.lateBlocks(daemon) - before.near, try Self.lateBlocks(listener) - before.far)
        let status = try listener.status()
        let quality = status["players"][0]["quality"]
        let seconds = Int(monotonicSeconds() - began)
        print(
            "measured: a call of \(seconds) s through \(what): late blocks \(late.0) and \(late.1), player \(quality)")
        #expect(late.0 == 0 && late.1 == 0, "late blocks of the two audio threads", sourceLocation: location)
        #expect(status["players"][0]["state"].string == "playing", sourceLocation: location)
        #expect(try daemon.status()["publishers"][0]["state"].string == "publishing", sourceLocation: location)
        try hearsTone()
    }

    /// Waits for a level of the tone.
    func hearsTone() throws {
        try listener.events().next("sound-level", upTo: 10) { ($0["remote"][Self.stream].number ?? 0) > 10 }
    }

    /// Asks the daemon something again and again until `seconds` have passed; the longest that an answer took.
    func politeCalls(for seconds: Double) throws -> Double {
        let client = try daemon.control()
        let end = monotonicSeconds() + seconds
        var longest = 0.0
        while monotonicSeconds() < end {
            let asked = monotonicSeconds()
            try client.call("status")
            longest = max(longest, monotonicSeconds() - asked)
            poll(nil, 0, 20)
        }
        return longest
    }

    static func tool(_ name: String, _ arguments: [String], output: String? = nil) throws -> ChildProcess {
        try ChildProcess([Programs.python, "\(Programs.tools)/\(name)"] + arguments, output: output)
    }
}
