import Glibc
import StallWatch
import Testing

/// What goes over the wire between browsers and a room, by the browsers' own statistics and by the wire itself.
@Suite(
    "A browser's media", .enabled(if: Machine.runsChromium && Machine.cutsNetworks && Machine.sniffs), .realTime)
struct BrowserMediaTests {
    private static let red = 63
    private static let opus = 111
    /// One packet of ten is lost.
    private static let each = 10
    /// So many packets are lost in six seconds, before repair.
    private static let seconds = 6.0

    private let network: CutNetwork
    private let daemon: Daemon

    init() throws {
        network = try CutNetwork()
        daemon = try Daemon(
            input: "file:\(Programs.voice)", serverKeys: "listen = \"0.0.0.0\"\ninsecure = true")
    }

    private var origin: String { get throws { "http://\(network.outside):\(try daemon.serverPort())" } }

    /// A browser in the room; `isInside`: at the other end of the cable.
    private func browser(_ user: String, isInside: Bool, options: [String] = []) throws -> Browser {
        let browser = try Browser(
            options: options + ["--insecure-origin", try origin], prefix: isInside ? network.inside : [])
        let link = try daemon.link(room: "room1", user: user)
        try browser.join("\(try origin)/#\(link.split(separator: "#")[1])")
        return browser
    }

    /// Waits while packets are lost.
    private func pass() throws {
        let start = monotonicSeconds()
        try waitUntil(upTo: Self.seconds + 10, for: "the time to pass") {
            monotonicSeconds() - start >= Self.seconds ? true : nil
        }
    }

    /// The growth of the figures of one kind of report while packets are lost.
    private func growth(_ browser: Browser, _ type: String, during body: () throws -> Void) throws -> [String: Double] {
        func figures() throws -> [String: Double] {
            guard let report = try browser.statistics(type).first else { return [:] }
            return report.keys.reduce(into: [:]) { $0[$1] = report[$1].number }
        }
        let before = try figures()
        try body()
        return try figures().merging(before) { $0 - $1 }
    }

    @Test(
        "RED of one browser reaches another as RED, mends its losses, and reaches others as Opus",
        .timeLimit(.minutes(3)))
    func redundancy() throws {
        let sniffer = try Sniffer(port: daemon.serverPort())
        let speaker = try browser("anna", isInside: false)
        let listener = try browser("bert", isInside: true, options: ["--microphone-is", "none", "--without", "nack"])
        try listener.hears(1)
        let place = try TemporaryDirectory()
        let app = try daemon.asServer().application.id
        let token = try Command.demand(
            [Programs.zegoctl, "--socket", daemon.controlSocket, "token", "--user", "carl", "--room", "room1"]
        ).trimmed
        let foreign = try ChildProcess(
            [
                Programs.python, "\(Programs.tools)/foreign_peer.py", "whep",
                "\(try origin)/whep/\(app)/anna-microphone", place.file("heard.wav"), "4",
            ], output: place.file("whep"), environment: ["TOKEN": token])
        let offered = try #require(try speaker.statistics("outbound-rtp").first)
        let grown = try growth(listener, "inbound-rtp") {
            try network.lose(oneOf: Self.each)
            try pass()
        }
        let lost = try network.lost().from
        #expect(try foreign.wait(upTo: 60) == 0, "\(foreign.output)")
        let report = try JSON(line: foreign.output.split(separator: "\n").last.map(String.init) ?? "")
        let flows = try sniffer.end()
        let codecs = try speaker.statistics("codec").filter { $0["mimeType"].string == "audio/opus" }

        // Chromium names what is inside; that it sends RED shows in the sizes and on the wire.
        #expect(codecs.contains { $0["payloadType"].integer == Self.opus })
        let toServer = flows.filter { $0.to.hasSuffix(":\((try? daemon.serverPort()) ?? 0)") }
        #expect(toServer.contains { $0.payloadType == Self.red && $0.packets > 200 }, "\(flows)")
        let toListener = flows.filter { $0.to.hasPrefix("10.97.43.2:") }
        #expect(toListener.contains { $0.payloadType == Self.red && $0.packets > 200 }, "\(flows)")
        #expect(toListener.allSatisfy { $0.again == 0 }, "no retransmissions that could mend the losses instead")
        let toForeign = flows.filter { flow in
            !flow.to.hasPrefix("10.97.43.2:") && !toServer.contains { $0.to == flow.to }
        }
        #expect(toForeign.contains { $0.packets > 150 }, "\(flows)")
        // Under the number that aiortc gives it.
        #expect(toForeign.allSatisfy { $0.payloadType == 96 }, "\(flows)")
        #expect((report["packets"].integer ?? 0) > 150 && report["lost"].integer == 0, "\(report)")

        // Every packet brings the one before it again. Chromium throws away what it has, and says how often: what is not
        // thrown away was played in place of a packet that was lost. Once the listener has reported its loss, which Chromium
        // does every five seconds, the server sends a second copy along, and there is more to throw away: then only what had
        // to be made up tells.
        let received = grown["packetsReceived"] ?? 0
        let used = received - (grown["packetsDiscarded"] ?? 0)
        let concealed = (grown["concealedSamples"] ?? 0) / 960
        print(
            """
            measured: RED to Chromium: \(lost) of \(received) packets lost (it says \(grown["packetsLost"] ?? 0)), \(used) copies \
            used, \(concealed) frames concealed
            """)
        #expect(lost > 15 && (grown["packetsLost"] ?? 0) >= 0.8 * Double(lost), "\(grown)")
        #expect(used <= 2 * Double(lost), "\(grown)")
        #expect(concealed <= 0.4 * Double(lost), "\(grown)")
        #expect((offered["packetsSent"].number ?? 0) > 0)
    }

    @Test("NACK: what a browser and the server ask each other for comes, and is used", .timeLimit(.minutes(3)))
    func retransmissions() throws {
        try daemon.login("room1", as: "user1")
        try daemon.control().call("startPublishing", ["streamID": "stream1", "wait": 20])
        let sniffer = try Sniffer(port: daemon.serverPort())
        // Without RED nothing but retransmissions can mend a loss.
        let browser = try browser("anna", isInside: true, options: ["--without", "red"])
        try browser.hears(1)
        try daemon.control().call("startPlaying", ["streamID": "anna-microphone", "wait": 20])
        let before = try daemon.roomMetrics()
        var outbound: [String: Double] = [:]
        let inbound = try growth(browser, "inbound-rtp") {
            outbound = try growth(browser, "outbound-rtp") {
                try network.lose(oneOf: Self.each)
                try pass()
            }
        }
        let quality = try daemon.status()["players"][0]["quality"]
        let lost = try network.lost()
        let flows = try sniffer.end()
        // Last, so that nothing was seen on the wire that is not counted.
        let after = try daemon.roomMetrics()
        func counted(_ name: String) -> Double {
            (after["zego_room_media_\(name)_total"] ?? 0) - (before["zego_room_media_\(name)_total"] ?? 0)
        }
        let concealed = inbound["concealmentEvents"] ?? 0
        let repeated = flows.filter { $0.to.hasPrefix("10.97.43.2:") }.reduce(0) { $0 + $1.again }
        print(
            """
            measured: NACK, server to Chromium: \(lost.from) lost, \(inbound["nackCount"] ?? 0) requests, \
            \(repeated) sent again, \(inbound["packetsLost"] ?? 0) lost in the end, concealed \(concealed) times
            """)
        print(
            """
            measured: NACK, Chromium to server: \(lost.to) lost, \(counted("retransmissions_requested")) asked for, \
            \(outbound["retransmittedPacketsSent"] ?? 0) sent again, \(counted("packets_recovered")) recovered; \(quality)
            """)
        #expect(lost.from > 15 && lost.to > 15)
        #expect(!flows.contains { $0.payloadType == Self.red })
        // From the server to the browser: asked for, sent again, taken.
        #expect((inbound["nackCount"] ?? 0) > 5)
        #expect(Double(repeated) >= 0.7 * Double(lost.from))
        #expect(counted("packets_retransmitted") >= Double(repeated))
        #expect((inbound["packetsLost"] ?? .infinity) <= 0.2 * Double(lost.from), "\(inbound)")
        #expect(concealed <= 0.3 * Double(lost.from), "\(inbound)")
        // From the browser to the server, and on to the daemon.
        #expect((outbound["retransmittedPacketsSent"] ?? 0) >= 0.7 * Double(lost.to))
        #expect((outbound["nackCount"] ?? 0) > 5)
        #expect(counted("packets_recovered") >= 0.7 * Double(lost.to))
        #expect((quality["concealedRate"].number ?? 1) < 0.05, "\(quality)")
        try checkExtensions(browser, flows)
        try checkTransport(browser)
        #expect(counted("arrival_reports") > 20, "transport-wide feedback to the browser")
    }

    /// Every header extension that was agreed is on the wire, in both directions.
    private func checkExtensions(_ browser: Browser, _ flows: [Sniffer.Flow]) throws {
        let agreed = try browser.call(
            "evaluate",
            [
                "script": """
                rig.connection().getSenders().map((sender) => sender.getParameters().headerExtensions)
                    .find((extensions) => extensions.length > 0)
                """
            ]
        ).array
        let port = try daemon.serverPort()
        let fromBrowser = flows.filter { $0.from.hasPrefix("10.97.43.2:") && $0.to.hasSuffix(":\(port)") }
        let toBrowser = flows.filter { $0.to.hasPrefix("10.97.43.2:") }
        for (name, isFromServer) in [
            ("ssrc-audio-level", true), ("sdes:mid", true), ("abs-capture-time", true),
            ("transport-wide-cc-extensions-01", false),
        ] {
            let identifier = try #require(agreed.first { $0["uri"].string?.hasSuffix(name) == true }?["id"].integer)
            let sent = fromBrowser.reduce(0) { $0 + ($1.extensions[identifier] ?? 0) }
            #expect(sent > 0, "\(name) of the browser")
            guard isFromServer else { continue }
            let received = toBrowser.reduce(0) { $0 + ($1.extensions[identifier] ?? 0) }
            #expect(received > 100, "\(name) of the server")
        }
    }

    /// The profile that both like best, and congestion control that has learnt from our feedback.
    private func checkTransport(_ browser: Browser) throws {
        let transport = try #require(try browser.statistics("transport").first)
        #expect(transport["srtpCipher"].string == "SRTP_AEAD_AES_128_GCM")
        let pair = try #require(try browser.statistics("candidate-pair").first { $0["nominated"].bool == true })
        #expect((pair["availableOutgoingBitrate"].number ?? 0) > 0)
    }

    @Test(
        "the level of a browser is seen by a daemon, that of a daemon by the browser; muted there is none",
        .timeLimit(.minutes(2)))
    func levels() throws {
        try daemon.login("room1", as: "user1")
        try daemon.control().call("startPublishing", ["streamID": "stream1", "wait": 20])
        let browser = try browser("anna", isInside: false)
        try browser.hears(1)
        try daemon.control().call("startPlaying", ["streamID": "anna-microphone", "wait": 20])
        let events = try daemon.events()
        try daemon.control().call("startSoundLevelMonitor", ["intervalMs": 100])
        let speaking = try events.next("sound-level") { ($0["remote"]["anna-microphone"].number ?? 0) > 30 }
        #expect((speaking["captured"].number ?? 0) >= 0)
        // What the page shows, and where it comes from: the levels and capture times in the headers of our packets.
        try waitUntil(upTo: 10, for: "a level on the page") {
            let shown = try browser.call("evaluate", ["script": "document.querySelector('#streams .level').value"])
            return (shown.number ?? 0) > 30 ? true : nil
        }
        let source = try browser.call(
            "evaluate",
            [
                "script": """
                (({ audioLevel, captureTimestamp }) => ({ audioLevel, captureTimestamp }))(
                    rig.receiving()[0].receiver.getSynchronizationSources()[0])
                """
            ])
        #expect(source["audioLevel"].number != nil && source["captureTimestamp"].number != nil, "\(source)")
        try browser.click("#mute")
        try events.next("sound-level") { ($0["remote"]["anna-microphone"].number ?? 100) == 0 }
    }
}
