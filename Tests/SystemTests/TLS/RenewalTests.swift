import FoundationEssentials
import Glibc
import Testing

/// The certificate is renewed while it is in use, as certbot does it: symbolic links get other targets.
@Suite("A certificate is renewed", .enabled(if: Machine.hasOpenSSL))
struct RenewalTests {
    private let place: TemporaryDirectory
    private let first: ServerCertificate
    private let daemon: Daemon

    init() throws {
        place = try TemporaryDirectory()
        first = try ServerCertificate(host: "localhost", directory: place, name: "archive1")
        _ = try place.makeDirectory("live")
        try Self.link(first, in: place)
        daemon = try Daemon(
            input: "tone:440",
            serverKeys: """
                tls_certificate = "\(place.file("live/certificate.pem"))"
                tls_key = "\(place.file("live/key.pem"))"
                """)
    }

    private static func link(_ made: ServerCertificate, key: ServerCertificate? = nil, in place: TemporaryDirectory)
        throws
    {
        try Command.demand(["ln", "-sfn", made.certificate, place.file("live/certificate.pem")])
        try Command.demand(["ln", "-sfn", (key ?? made).key, place.file("live/key.pem")])
    }

    @Test("under load, by itself: connections stay, the next ones see the new one, none fails", .timeLimit(.minutes(3)))
    func underLoad() throws {
        let (url, application) = try daemon.asServer()
        let port = try daemon.serverPort()
        try daemon.login("room1", as: "user1")
        try daemon.control().call("startPublishing", ["streamID": "stream1", "wait": 20])
        let listener = try Daemon(
            server: ("wss://localhost:\(url.split(separator: ":").last ?? "")", application),
            engineKeys: "tls_pin = \"\(first.pin)\"")
        try listener.login("room1", as: "user2")
        try listener.control().call("startPlaying", ["streamID": "stream1", "wait": 20])
        let events = try listener.events()

        let load = try ChildProcess(
            ["python3", "\(Programs.tools)/https_load.py", "\(port)", place.file("stop")], output: place.file("load"))
        func seen() throws -> [JSON] { try load.output.split(separator: "\n").map { try JSON(line: $0) } }
        func wait(for pin: String) throws {
            try waitUntil(upTo: 20, for: "a connection that shows \(pin)", instead: { "\(daemon.log)\(load.output)" }) {
                try seen().last?["pin"].string == pin ? true : nil
            }
        }
        try wait(for: first.pin)
        let second = try ServerCertificate(host: "localhost", directory: place, name: "archive2")
        try Self.link(second, in: place)
        try wait(for: second.pin)

        // A pair that does not fit: said once, and nothing changes.
        let third = try ServerCertificate(host: "localhost", directory: place, name: "archive3")
        try Self.link(third, key: second, in: place)
        try waitUntil(upTo: 20, for: "the log to tell of it", instead: { daemon.log }) {
            daemon.log.contains("the one of before stays") ? true : nil
        }
        let count = try seen().count
        try waitUntil(upTo: 20, for: "more connections") { try seen().count > count + 20 ? true : nil }
        #expect(try seen().last?["pin"].string == second.pin)
        #expect(daemon.log.components(separatedBy: "the one of before stays").count == 2)
        let refused = try #require(throws: ControlClient.Refused.self) { try daemon.control().call("reload") }
        #expect("\(refused)".contains("server.tls_key"), "\(refused)")
        // A reload takes what fits at once.
        try Self.link(third, in: place)
        try daemon.control().call("reload")
        let before = try seen().count
        try waitUntil(upTo: 20, for: "another connection") { try seen().count > before + 2 ? true : nil }
        #expect(try seen().last?["pin"].string == third.pin)

        try Files.write("", to: place.file("stop"))
        #expect(try load.wait(upTo: 10) == 0)
        #expect(try seen().allSatisfy { $0["status"].integer == 200 }, "\(load.output)")
        let pins = try Set(seen().compactMap { $0["pin"].string })
        #expect(pins == [first.pin, second.pin, third.pin])
        // The listener's connection is that of the beginning.
        #expect(try listener.status()["players"][0]["state"].string == "playing")
        _ = try? events.next("room-state", upTo: 0.2)
        #expect(!events.seen.contains { $0["event"].string == "room-state" }, "\(events.seen)")
        print("measured: \(try seen().count) connections over three certificates, none failed")
    }
}
