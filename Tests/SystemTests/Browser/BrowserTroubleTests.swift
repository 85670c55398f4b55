import Glibc
import Testing

/// What goes wrong between a browser and a room, and what the page says and does about it.
@Suite("A browser in trouble", .enabled(if: Machine.runsChromium))
struct BrowserTroubleTests {
    @Test("wrong tokens are told in words, and nothing is tried again", .timeLimit(.minutes(3)))
    func wrongTokens() throws {
        let daemon = try Daemon()
        let browser = try Browser()
        let link = try daemon.link(room: "room1", user: "guest")
        let fields = link.split(separator: "#", maxSplits: 1)
        let expired = try daemon.link(room: "room1", user: "guest", more: ["--ttl", "1"])
        let granted = monotonicSeconds()
        let cases = [
            ("\(link.dropLast(40))", "cannot be read"),
            (link.replacing("user=guest", with: "user=other"), "another userID"),
            (link.replacing("room=room1", with: "room=room2"), "for this room"),
            ("\(fields[0])#app=1&room=room1&user=guest&token=04abc", "does not know this AppID"),
        ]
        for (url, words) in cases {
            try browser.call("open", ["url": .string(String(url))])
            try browser.click("#join")
            try browser.wait("#problem", words, upTo: 5)
            #expect(try browser.text("#status") == "Not in a room.")
        }
        try waitUntil(upTo: 5, for: "the token to expire") { monotonicSeconds() > granted + 2.1 ? true : nil }
        try browser.call("open", ["url": .string(expired)])
        try browser.click("#join")
        try browser.wait("#problem", "has expired", upTo: 5)
        #expect(!daemon.log.contains("04AAAA"), "no token in the log")
    }

    @Test("a token for listening only: the browser hears, and says that it is not heard", .timeLimit(.minutes(3)))
    func listensOnly() throws {
        let daemon = try Daemon(input: "tone:440")
        try daemon.login("room1", as: "user1")
        try daemon.control().call("startPublishing", ["streamID": "stream1", "wait": 20])
        let browser = try Browser()
        try browser.join(try daemon.link(room: "room1", user: "guest", more: ["--listen-only"]))
        try browser.wait("#microphone-problem", "does not allow to publish")
        try browser.hears(1)
    }

    @Test(
        "no microphone, or none allowed: clear words, and listening goes on",
        .timeLimit(.minutes(3)),
        arguments: [("none", "No microphone was found"), ("denied", "may not use the microphone")])
    func noMicrophone(kind: String, words: String) throws {
        let daemon = try Daemon(input: "tone:440")
        try daemon.login("room1", as: "user1")
        try daemon.control().call("startPublishing", ["streamID": "stream1", "wait": 20])
        let browser = try Browser(options: ["--microphone-is", kind])
        try browser.join(try daemon.link(room: "room1", user: "guest"))
        try browser.wait("#microphone-problem", words)
        try browser.hears(1)
    }

    @Test("the same user elsewhere: put out, and told why", .timeLimit(.minutes(3)))
    func kickedOut() throws {
        let daemon = try Daemon()
        let first = try Browser()
        let second = try Browser()
        let link = try daemon.link(room: "room1", user: "guest")
        try first.join(link)
        try second.join(link)
        try first.wait("#problem", "from another place")
        #expect(try first.text("#status") == "Not in a room.")
        #expect(try second.text("#status") == "In the room.")
    }

    @Test("the room server is killed and comes back: so does the page, sound and all", .timeLimit(.minutes(4)))
    func serverRestarted() throws {
        let server = try RoomDaemon()
        let daemon = try Daemon(server: try server.asServer(), input: "tone:440")
        try daemon.login("room1", as: "user1")
        try daemon.control().call("startPublishing", ["streamID": "stream1", "wait": 20])
        let browser = try Browser()
        try browser.join(try server.link(room: "room1", user: "guest"))
        try browser.hears(1)
        let events = try daemon.events()

        server.kill()
        try browser.wait("#status", "Coming back")
        try browser.wait("#problem", "The room server is gone")
        try server.start()
        try browser.wait("#status", "In the room", upTo: 30)
        try browser.hears(1)
        try events.next("room-state", upTo: 30) { $0["reason"].string == "reconnected" }
        try daemon.control().call("startPlaying", ["streamID": "guest-microphone", "wait": 20])
        #expect(try browser.call("evaluate", ["script": "document.getElementById('problem').hidden"]).bool == true)
    }

    @Test(
        "the network is cut for 5 s: nobody is told that anybody left", .timeLimit(.minutes(4)),
        .enabled(if: Machine.cutsNetworks))
    func networkCut() throws {
        let network = try CutNetwork()
        let daemon = try Daemon(
            input: "tone:440", serverKeys: "listen = \"\(network.outside)\"\ninsecure = true")
        try daemon.login("room1", as: "user1")
        try daemon.control().call("startPublishing", ["streamID": "stream1", "wait": 20])
        let link = try daemon.link(room: "room1", user: "guest")
        let browser = try Browser(
            options: ["--insecure-origin", String(link.prefix { $0 != "#" }.dropLast())], prefix: network.inside)
        try browser.join(link)
        try browser.hears(1)
        try daemon.control().call("startPlaying", ["streamID": "guest-microphone", "wait": 20])
        let events = try daemon.events()

        func received() throws -> Double? { try browser.statistics("inbound-rtp").first?["packetsReceived"].number }
        try network.cut()
        // What was under way has come after a second; then nothing does.
        poll(nil, 0, 1000)
        let before = try received()
        poll(nil, 0, 4000)
        #expect(try received() == before, "the network is cut")
        try network.mend()
        try browser.hears(1)
        try waitUntil(upTo: 20, for: "the daemon to hear the browser again") {
            try daemon.status()["players"][0]["state"].string == "playing" ? true : nil
        }
        try browser.wait("#status", "In the room")
        _ = try? events.next("user-update", upTo: 1)
        #expect(!events.seen.contains { $0["event"].string == "user-update" }, "\(events.seen)")
    }
}
