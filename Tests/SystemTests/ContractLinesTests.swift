import FoundationEssentials
import Testing

/// The lines at the head of CONTROL-API.md, as a user types them: through a shell and the real socat.
@Suite("The lines of the contract")
struct ContractLinesTests {
    let daemon: Daemon

    init() throws { daemon = try Daemon(input: "tone:440") }

    /// The line as the contract has it, with the directory of this daemon's sockets.
    private func shell(_ line: String) throws -> Command {
        let here = line.replacing("/run/zegod/", with: "\(daemon.directory.path)/run/")
        return try Command.run(["sh", "-c", "S=UNIX-CONNECT:\(daemon.controlSocket)\n\(here)"], upTo: 40)
    }

    private static let login =
        #"echo '{"jsonrpc":"2.0","id":1,"method":"loginRoom","params":{"roomID":"room1","user":{"userID":"user1"},"config":{"isUserStatusNotify":true}}}' | socat -t30 - $S"#
    private static let publish =
        #"echo '{"jsonrpc":"2.0","id":2,"method":"startPublishing","params":{"streamID":"stream1"}}' | socat -t30 - $S"#
    private static let listen = "timeout 20 socat -u UNIX-CONNECT:/run/zegod/events.sock -"

    @Test("log in, publish and tell, each with one line back")
    func work() throws {
        let loggedIn = try shell(Self.login)
        #expect(loggedIn.status == 0)
        #expect(loggedIn.output.split(separator: "\n").count == 1)
        let login = try JSON(line: loggedIn.output)
        #expect(login["id"].integer == 1)
        #expect(login["result"]["errorCode"].integer == 0)
        #expect(login["result"]["extendedData"]["roomSessionID"] != .null)

        let published = try JSON(line: try shell(Self.publish).output)
        #expect(published["id"].integer == 2)
        #expect(published["result"].keys.contains("seq"))

        // The first line of events.sock is a snapshot that knows of both.
        let lines = try shell("\(Self.listen) | head -n 1").output.split(separator: "\n")
        let snapshot = try JSON(line: try #require(lines.first))
        #expect(snapshot["event"].string == "snapshot")
        #expect(snapshot["status"]["rooms"][0]["roomID"].string == "room1")
        #expect(snapshot["status"]["rooms"][0]["reason"].string == "logined")
        #expect(snapshot["status"]["publishers"][0]["streamID"].string == "stream1")
    }

    @Test("are told of as the contract says, in order and without a gap")
    func areToldOf() throws {
        let heard = daemon.directory.file("heard")
        let listener = try ChildProcess(["socat", "-u", "UNIX-CONNECT:\(daemon.eventsSocket)", "-"], output: heard)
        try waitUntil(upTo: 10, for: "the snapshot") { listener.output.contains("\n") ? true : nil }
        _ = try shell(Self.login)
        _ = try shell(Self.publish)
        try waitUntil(upTo: 20, for: "publishing", instead: { listener.output }) {
            listener.output.contains(#""state":"publishing""#) ? true : nil
        }
        listener.stop()
        let events = try listener.output.split(separator: "\n").map { try JSON(line: $0) }
        let reliable = events.dropFirst().filter { $0["event"].string.map { !Self.volatile.contains($0) } ?? false }
        let numbers = reliable.compactMap { $0["seq"].integer }
        #expect(numbers == Array((numbers.first ?? 0)..<(numbers.first ?? 0) + numbers.count))
        for event in events {
            #expect(event["instance"].string?.isEmpty == false)
            #expect(event["time"].string?.hasSuffix("Z") == true)
        }
        let rooms = events.filter { $0["event"].string == "room-state" }
        #expect(rooms.compactMap { $0["reason"].string } == ["logining", "logined"])
        let states = events.filter { $0["event"].string == "publisher-state" }.compactMap { $0["state"].string }
        #expect(states == ["publish-requesting", "publishing"])
        #expect(events.allSatisfy { $0["event"].string != "publisher-state" || $0["streamID"].string == "stream1" })
    }

    private static let volatile: Set<String> = [
        "snapshot", "bookmark", "publisher-quality", "player-quality", "network-quality", "sound-level",
    ]

    @Test("status and events of zegoctl say the same")
    func zegoctlAgrees() throws {
        _ = try shell(Self.login)
        let status = try Command.demand([Programs.zegoctl, "--socket", daemon.controlSocket, "--json", "status"])
        #expect(try JSON(line: status)["rooms"][0]["roomID"].string == "room1")
        let unreachable = try Command.run([Programs.zegoctl, "--socket", daemon.directory.file("none.sock"), "status"])
        #expect(unreachable.status == 69)
    }
}
