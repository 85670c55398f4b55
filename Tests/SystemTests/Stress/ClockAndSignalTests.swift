import FoundationEssentials
import Glibc
import StallWatch
import Testing

/// What administrators do to a machine while it is in a call.
@Suite("Clock steps and signals", .realTime, .timeLimit(.minutes(3)))
struct ClockAndSignalTests {
    @Test(
        "the wall clock is set a year forward and then back beyond where it was: the call is whole and its figures stay true"
    )
    func clockSteps() throws {
        let place = try TemporaryDirectory()
        let shim = place.file("clock_shim.so")
        try Command.demand(["gcc", "-O2", "-shared", "-fPIC", "-o", shim, "\(Programs.tools)/clock_shim.c"])
        let file = place.file("offset")
        try set(0, file)
        let call = try StressedCall(environment: ["LD_PRELOAD": shim, "CLOCK_SHIM_FILE": file])
        let first = try call.listener.events().next("player-quality", upTo: 15) { $0["endToEndMs"].number != nil }
        let hour: Int64 = 3_600_000_000_000
        for offset in [24 * 365 * hour, -hour] {
            try set(offset, file)
            // Two of each, so that one lies wholly after the step.
            let events = try call.listener.events()
            try events.next("player-quality", upTo: 15)
            let after = try events.next("player-quality", upTo: 15)
            #expect(
                abs((after["endToEndMs"].number ?? .infinity) - (first["endToEndMs"].number ?? 0)) < 200, "\(after)")
            #expect(after["mos"].number ?? 0 > 3)
            // The daemon knows the new time.
            let time = try call.daemon.events().next("snapshot")["time"].string ?? ""
            let shifted = Date().addingTimeInterval(Double(offset) / 1e9)
            #expect(
                time.prefix(10) == Self.day(shifted) || time.prefix(10) == Self.day(shifted.addingTimeInterval(-60)))
            #expect(try call.daemon.status()["rooms"][0]["reason"].string == "logined")
        }
        // What is new begins in the new time as it would have in the old one.
        try call.daemon.control().call("startSoundLevelMonitor", ["intervalMs": 100])
        try call.daemon.events().next("sound-level", upTo: 5) { ($0["captured"].number ?? 0) > 10 }
        try call.daemon.control().call("startPublishing", ["streamID": "aux1", "channel": "aux", "wait": 20])
        try call.listener.control().call("startPlaying", ["streamID": "aux1", "wait": 20])
        try call.expectWhole("clock steps")
    }

    private static func day(_ date: Date) -> String { date.ISO8601Format().prefix(10).description }

    private func set(_ nanoseconds: Int64, _ path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
        guard descriptor >= 0 else { throw SystemError(path) }
        defer { close(descriptor) }
        var value = nanoseconds
        guard pwrite(descriptor, &value, 8, 0) == 8 else { throw SystemError(path) }
    }

    @Test("fifty SIGHUPs, some with a wrong configuration: the call is whole")
    func reloads() throws {
        let call = try StressedCall()
        let path = call.daemon.directory.file("zegod.toml")
        let right = try Files.text(path)
        func count(_ words: String) -> Int { call.daemon.log.split(separator: "\n").count { $0.contains(words) } }
        for round in 0..<50 {
            try Files.write(round % 5 == 4 ? right + "\n[nonsense]\n" : right, to: path)
            let before = (count("configuration re-read"), count("configuration not re-read"))
            call.daemon.process.send(SIGHUP)
            try waitUntil(upTo: 10, for: "the reload", instead: { call.daemon.log }) {
                count("configuration re-read") > before.0 || count("configuration not re-read") > before.1 ? true : nil
            }
        }
        #expect(count("configuration not re-read") == 10)
        // One that changes a device in the middle of the call.
        try Files.write(right.replacing("tone:440", with: "tone:880"), to: path)
        call.daemon.process.send(SIGHUP)
        try waitUntil(upTo: 10, for: "the other tone") {
            try call.daemon.status()["audio"]["input"]["deviceID"].string == "tone:880" ? true : nil
        }
        try call.expectWhole("reloads")
    }
}
