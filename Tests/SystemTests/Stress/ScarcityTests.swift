import FoundationEssentials
import Glibc
import StallWatch
import Testing

/// What runs out: the disk, file descriptors.
@Suite("Scarcity", .realTime, .timeLimit(.minutes(3)))
struct ScarcityTests {
    @Test(
        "a full disk in the state directory is told of, the call is whole, and what was asked for is kept when there is room"
    )
    func fullDisk() throws {
        var disk = ""
        defer { _ = try? Command.run(["umount", "-l", disk]) }
        let call = try StressedCall { daemon in
            disk = daemon.directory.file("state")
            try Command.demand(["mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "none", disk])
        }
        let state = "\(disk)/state.json"
        try waitUntil(upTo: 10, for: "the state on the small disk") { Files.exists(state) ? true : nil }
        let kept = try Files.text(state)
        _ = try Command.run(["dd", "if=/dev/zero", "of=\(disk)/filler", "bs=4k"])
        let events = try call.daemon.events()
        let asked = monotonicSeconds()
        try call.daemon.control().call("startPlaying", ["streamID": "later"])
        #expect(monotonicSeconds() - asked < 5)
        let told = try events.next("debug-error")
        #expect(told["info"].string?.contains("lost at a restart") == true, "\(told)")
        #expect(call.daemon.log.contains("state.json cannot be written: No space left on device"))
        #expect(try Files.text(state) == kept, "what was kept before stays whole")
        #expect(unlink("\(disk)/filler") == 0)
        try waitUntil(upTo: 20, for: "the state to be kept after all", instead: { call.daemon.log }) {
            try Files.text(state).contains(#""streamID":"later""#) ? true : nil
        }
        try call.expectWhole("a full disk")
    }

    @Test("file descriptors run out: the call is whole, nothing spins, and all is well when there are some again")
    func descriptors() throws {
        let call = try StressedCall()
        let pid = call.daemon.process.pid
        let client = try call.daemon.control()
        let open =
            try client.call("metrics")["text"].string.map { Metrics.samples(of: $0)["process_open_fds"] ?? 0 } ?? 0
        try Command.demand(["prlimit", "--pid", "\(pid)", "--nofile=\(Int(open) + 4):8192"])
        // Sockets are taken by the kernel, whether or not the daemon can accept them.
        let crowd = try (0..<40).map { _ in try LineConnection(path: call.daemon.eventsSocket) }
        let strangers = try StressedCall.tool("half_open.py", ["\(try call.daemon.serverPort(client))"])
        defer { strangers.stop() }
        let before = try Self.processorSeconds(pid)
        poll(nil, 0, 3000)
        let used = try Self.processorSeconds(pid) - before
        print("measured: \(used) s of processor time in 3 s without file descriptors")
        #expect(used < 1.5, "nobody spins")
        // A file cannot be opened; the caller is told so.
        let refused = #expect(throws: ControlClient.Refused.self) {
            for number in 0..<4 {
                try client.call("startRecording", ["path": .string("\(number).wav"), "type": "mix"])
            }
        }
        #expect("\(refused, default: "")".contains("Too many open files"))
        try client.call("stopRecording")
        try call.hearsTone()
        withExtendedLifetime(crowd) {}

        try Command.demand(["prlimit", "--pid", "\(pid)", "--nofile=8192:8192"])
        try waitUntil(upTo: 20, for: "a new connection") { try? call.daemon.control().call("hello", upTo: 3) }
        #expect(try call.daemon.roomMetrics().isEmpty == false)
        try call.daemon.control().call("startRecording", ["path": "more.wav", "type": "mix"])
        try call.expectWhole("a lack of file descriptors")

        // An orderly stop needs none.
        try Command.demand(["prlimit", "--pid", "\(pid)", "--nofile=10:8192"])
        call.daemon.process.send(SIGTERM)
        #expect(try call.daemon.process.wait(upTo: 10) == 0, "\(call.daemon.log.suffix(1000))")
    }

    /// From /proc, for the daemon itself cannot read there without a descriptor (fields 14 and 15 of proc(5)'s stat).
    private static func processorSeconds(_ pid: pid_t) throws -> Double {
        let stat = try Files.text("/proc/\(pid)/stat")
        guard let end = stat.lastIndex(of: ")") else { throw SystemError("/proc/\(pid)/stat") }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
            throw SystemError("/proc/\(pid)/stat")
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
