import FoundationEssentials
import Glibc
import Testing

/// Figures of one daemon in a usual call. The limits are far off: they catch a mistake, not a slow machine.
@Suite("Measurements")
struct MeasurementTests {
    @Test("one stream published and four played: processor and memory", .timeLimit(.minutes(3)))
    func processorAndMemory() throws {
        let others = try Daemon(input: "tone:440")
        let daemon = try Daemon(server: try others.asServer(), input: "file:\(Programs.voice)")
        try others.login("room1", as: "user1")
        try daemon.login("room1", as: "user2")
        for (number, channel) in ["main", "aux", "third", "fourth"].enumerated() {
            let stream: JSON = ["streamID": .string("stream\(number)"), "channel": .string(channel), "wait": 20]
            try others.control().call("startPublishing", stream)
        }
        try daemon.control().call("startPublishing", ["streamID": "own", "wait": 20])
        for number in 0..<4 {
            try daemon.control().call("startPlaying", ["streamID": .string("stream\(number)"), "wait": 20])
        }

        let seconds = 10.0
        let before = try Self.processorSeconds(of: daemon.process.pid)
        let start = monotonicSeconds()
        try waitUntil(upTo: seconds + 5, for: "the time to pass") { monotonicSeconds() - start >= seconds ? true : nil }
        let used = (try Self.processorSeconds(of: daemon.process.pid) - before) / (monotonicSeconds() - start)
        let resident = try Self.residentMegabytes(of: daemon.process.pid)
        print(
            "measured: publishing 1 and playing 4: \(Int(used * 1000)) ‰ of a processor, \(Int(resident)) MB resident")
        #expect(used < 0.6)
        #expect(resident < 200)
        let status = try daemon.status()
        #expect(status["players"].array.count == 4)
        #expect(status["players"].array.allSatisfy { $0["state"].string == "playing" })
        print(
            "measured: delays and quality as status tells them: \(status["audio"]["delayMs"]) \(status["players"][0]["quality"])"
        )
    }

    private static func processorSeconds(of pid: pid_t) throws -> Double {
        let stat = try Files.text("/proc/\(pid)/stat")
        let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else {
            throw WaitedInVain(description: "/proc/\(pid)/stat: \(stat)")
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func residentMegabytes(of pid: pid_t) throws -> Double {
        let status = try Files.text("/proc/\(pid)/status")
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
            let kilobytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Double($0) })
        else { throw WaitedInVain(description: "no VmRSS in \(status)") }
        return kilobytes / 1024
    }
}
