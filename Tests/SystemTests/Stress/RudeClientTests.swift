import FoundationEssentials
import Glibc
import StallWatch
import Testing

/// Clients who do what no client should.
@Suite("Rude clients", .realTime, .timeLimit(.minutes(3)))
struct RudeClientTests {
    @Test(
        "lines of a mebibyte, half lines, ten thousand requests without reading: others are answered, the call is whole"
    )
    func rude() throws {
        let call = try StressedCall()
        let place = try TemporaryDirectory()
        let events = try call.daemon.events()
        try events.next("snapshot")
        let rude = try StressedCall.tool(
            "rude_clients.py", [call.daemon.controlSocket, "4"], output: place.file("out"))
        let longest = try call.politeCalls(for: 4)
        #expect(try rude.wait(upTo: 30) == 0, "\(rude.output)")
        let sent = try JSON(line: rude.output)
        print("measured: beside clients who sent \(sent) bytes the longest answer to another took \(longest) s")
        // All of what somebody sends who reads; of who does not, no more than the sockets and the daemon's bound hold.
        #expect(sent["large"].integer ?? 0 >= 2 << 20)
        #expect(sent["nested"].integer ?? 0 >= 1 << 20)
        #expect(sent["deaf"].integer ?? .max < 4 * 10_000 * 43)
        #expect(longest < 5)
        try call.expectWhole("rude clients")
        try waitUntil(upTo: 10, for: "the rude ones to be forgotten") {
            try call.daemon.control().call("metrics")["text"].string?.contains(
                #"zegod_connections{socket="control"} 1"#) == true ? true : nil
        }
    }

    @Test("ten thousand connects: none stays, the log is no flood, the call is whole")
    func connects() throws {
        let call = try StressedCall()
        func descriptors() throws -> Double { try call.daemon.metrics()["process_open_fds"] ?? -1 }
        let before = try descriptors()
        let lines = call.daemon.log.split(separator: "\n").count
        let began = monotonicSeconds()
        let result = try JSON(
            line: Command.demand(
                [
                    Programs.python, "\(Programs.tools)/many_connects.py", "10000", call.daemon.controlSocket,
                    call.daemon.eventsSocket, "\(try call.daemon.serverPort())",
                ], upTo: 120))
        print("measured: 10000 connects in \(monotonicSeconds() - began) s: \(result)")
        #expect(result["connected"].integer == 10_000)
        #expect(result["answered"].integer ?? 0 > 500)
        try waitUntil(
            upTo: 20, for: "the descriptors to be given back",
            instead: { "\((try? descriptors()) ?? -1), before \(before)" }
        ) { try descriptors() <= before + 2 ? true : nil }
        #expect(call.daemon.log.split(separator: "\n").count - lines < 100, "\(call.daemon.log.suffix(2000))")
        try call.expectWhole("10000 connects")
    }
}
