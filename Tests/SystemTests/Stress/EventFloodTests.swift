import FoundationEssentials
import StallWatch
import Testing

/// Many events to many readers.
@Suite("A flood of events", .realTime, .timeLimit(.minutes(3)))
struct EventFloodTests {
    private static let readers = 60
    private static let deaf = 8

    @Test("a thousand a second to 60 readers, 8 of whom never read: the others lose nothing, and the call is whole")
    func flood() throws {
        let call = try StressedCall()
        let application = try call.daemon.asServer().application
        let place = try TemporaryDirectory()
        let readers = try StressedCall.tool(
            "event_readers.py", [call.daemon.eventsSocket, "\(Self.readers)", "\(Self.deaf)"],
            output: place.file("readers"))
        try waitUntil(upTo: 30, for: "the readers", instead: { readers.output }) {
            readers.output.hasPrefix("ready") ? true : nil
        }
        let sent = try JSON(
            line: Command.demand([
                Programs.python, "\(Programs.tools)/room_flood.py", "\(try call.daemon.serverPort())",
                "\(application.id)", application.sign, "room1", "user1", "6", "170", "4",
            ]))
        let lines = try waitUntil(upTo: 60, for: "what the readers saw", instead: { readers.output }) {
            let lines = readers.output.split(separator: "\n")
            return lines.count > 1 ? lines : nil
        }
        let seen = try JSON(line: lines[1])
        let events = sent["taken"].integer ?? 0
        print(
            "measured: \(events) events in \(sent["seconds"].number ?? 0) s to \(Self.readers) readers (\(Self.deaf) deaf): \(seen)"
        )
        #expect(events > 500)
        #expect(seen["commands"].integer == events + 1, "every reader has every command")
        #expect(seen["gaps"].integer == 0)
        #expect(seen["overflows"].integer == 0)
        #expect(seen["closed"].integer == 0 && seen["unfinished"].integer == 0)
        try call.expectWhole("a flood of events")
        // Those who take nothing are put out after ten seconds, and that is told.
        try waitUntil(upTo: 30, for: "the end of the deaf ones", instead: { call.daemon.log }) {
            call.daemon.log.matches(of: /took nothing for 10 s/).count >= Self.deaf ? true : nil
        }
        readers.stop()
    }
}
