import FoundationEssentials
import StallWatch
import Testing

/// Built programs in networks that let no datagrams through to the room server: by coturn, or over the server's TCP port.
@Suite("Networks that block UDP", .enabled(if: Machine.cutsNetworks), .realTime)
struct BlockedNetworkTests {
    let voice: WAVFile

    init() throws { voice = try WAVFile(path: Programs.voice) }

    private var enoughSeconds: Double { Double(voice.samples.count) / Double(WAVFile.rate) * 2 + 2 }

    /// The listener plays the speaker's voice into a file until it has heard enough; what the judge says of it.
    private func listen(to speaker: Daemon, with listener: Daemon, upTo seconds: Double? = nil) throws -> SoundJudgement
    {
        try speaker.login("room1", as: "user1")
        try speaker.control().call("setAudioConfig", ["bitrateKbps": 64])
        try speaker.control().call("startPublishing", ["streamID": "stream1", "wait": 20])
        try listener.login("room1", as: "user2")
        try listener.control().call("startPlaying", ["streamID": "stream1", "sink": ["file": "heard.wav"], "wait": 30])
        let end = monotonicSeconds() + (seconds ?? enoughSeconds)
        try waitUntil(upTo: 60, for: "the voice to be heard") { monotonicSeconds() > end ? true : nil }
        try listener.control().call("stopPlaying", ["streamID": "stream1"])
        return try SoundJudge.compare(reference: Programs.voice, recording: listener.media("heard.wav"))
    }

    @Test("a network that comes when the server runs already is announced too", .timeLimit(.minutes(2)))
    func lateNetwork() throws {
        let speaker = try Daemon(
            input: "file:\(Programs.voice)", serverKeys: "listen = \"0.0.0.0\"\ninsecure = true\n")
        let server = try speaker.asServer()
        let network = try BlockedNetwork()
        let listener = try Daemon(
            server: (server.url.replacing("127.0.0.1", with: network.signalling), server.application),
            prefix: network.inside)
        let judgement = try listen(to: speaker, with: listener)
        #expect(try listener.status()["network"]["protocol"].string == "udp")
        #expect(judgement.isGood, "\(judgement)")
    }

    struct Relay: CustomTestStringConvertible, Sendable {
        let url: @Sendable (TURNDaemon) -> String
        let name: String
        let dropsDatagrams: Bool
        var testDescription: String { name }
    }

    static let relays = [
        Relay(
            url: { "turn:\($0.address):\($0.port)?transport=udp" }, name: "relay/udp", dropsDatagrams: false),
        Relay(
            url: { "turn:\($0.address):\($0.port)?transport=tcp" }, name: "relay/tcp", dropsDatagrams: true),
        Relay(url: { "turns:\($0.address):\($0.tlsPort)" }, name: "relay/tls", dropsDatagrams: true),
    ]

    @Test(
        "by coturn, with credentials of the room server: the voice arrives as it was", .timeLimit(.minutes(3)),
        .enabled(if: Machine.runsTURN), arguments: relays)
    func relayed(_ relay: Relay) throws {
        let network = try BlockedNetwork()
        let turn = try TURNDaemon(address: network.turn)
        // Media is announced at an address of its own, which the listener cannot reach.
        try network.drop(network.media)
        if relay.dropsDatagrams { try network.dropDatagrams() }
        let speaker = try Daemon(
            input: "file:\(Programs.voice)",
            serverKeys: "listen = \"0.0.0.0\"\ninsecure = true\nadvertise = [\"\(network.media)\", \"127.0.0.1\"]\n"
                + turn.serverKeys([relay.url(turn)]))
        let server = try speaker.asServer()
        let url = server.url.replacing("127.0.0.1", with: network.signalling)
        let listener = try Daemon(
            server: (url, server.application), environment: ["SSL_CERT_FILE": turn.authority], prefix: network.inside)
        let judgement = try listen(to: speaker, with: listener)
        let status = try listener.status()["network"]
        print("measured: by \(relay.name): \(judgement) \(status)")
        #expect(status["relay"].bool == true)
        #expect(status["protocol"].string == relay.name)
        #expect(status["local"].string?.hasPrefix(network.turn) == true)
        #expect(judgement.isGood, "\(judgement)")
        #expect(try speaker.status()["network"]["protocol"].string == "udp")
        #expect(!listener.log.contains(TURNDaemon.secret) && !speaker.log.contains(TURNDaemon.secret))
    }

    @Test(
        "by WHIP over https, by the relay of the Link header: the voice arrives as it was", .timeLimit(.minutes(3)),
        .enabled(if: Machine.runsTURN && Machine.hasOpenSSL))
    func endpointRelayed() throws {
        let network = try BlockedNetwork()
        let turn = try TURNDaemon(address: network.turn)
        try network.drop(network.media)
        let made = try ServerCertificate(host: network.signalling, directory: try TemporaryDirectory())
        let server = try Daemon(
            serverKeys: "listen = \"0.0.0.0\"\nadvertise = [\"\(network.media)\", \"127.0.0.1\"]\n\(made.serverKeys)\n"
                + turn.serverKeys(["turn:\(turn.address):\(turn.port)?transport=udp"]))
        let application = try server.asServer().application
        let place = "\(network.signalling):\(try server.serverPort())"
        let machine = try Daemon(
            server: ("wss://\(place)", application), input: "file:\(Programs.voice)",
            engineKeys: "tls_ca = \"\(made.certificate)\"", prefix: network.inside)
        try server.login("room1", as: "host")
        let token = try Command.demand(
            [Programs.zegoctl, "--socket", server.controlSocket, "token", "--user", "machine", "--room", "room1"]
        ).trimmed
        try machine.control().call("setAudioConfig", ["bitrateKbps": 64])
        try machine.control().call(
            "startPublishing",
            [
                "streamID": "said", "wait": 20,
                "whip": [
                    "url": .string("https://\(place)/whip/\(application.id)/room1/line1"),
                    "bearerToken": .string(token),
                ],
            ])
        try server.control().call("startPlaying", ["streamID": "line1", "sink": ["file": "heard.wav"], "wait": 30])
        let end = monotonicSeconds() + enoughSeconds
        try waitUntil(upTo: 60, for: "the voice to be heard") { monotonicSeconds() > end ? true : nil }
        try server.control().call("stopPlaying", ["streamID": "line1"])
        let judgement = try SoundJudge.hear(reference: Programs.voice, recording: server.media("heard.wav"))
        print("measured: by WHIP and a relay of Link: \(judgement)")
        #expect(judgement.isGood, "\(judgement)")
        #expect(turn.log.contains("ALLOCATE processed, success"), "\(turn.log)")
        for secret in [TURNDaemon.secret, token] {
            #expect(!machine.log.contains(secret) && !server.log.contains(secret))
        }
    }

    @Test(
        "all datagrams dropped: two daemons talk over the server's TCP port, and go back to UDP",
        .timeLimit(.minutes(3)))
    func overTCP() throws {
        let network = try BlockedNetwork()
        try network.dropDatagrams()
        let host = try Daemon(serverKeys: "listen = \"\(network.signalling)\"\ninsecure = true\n")
        let server = try host.asServer()
        let place = (server.url.replacing("127.0.0.1", with: network.signalling), server.application)
        let speaker = try Daemon(server: place, input: "file:\(Programs.voice)", prefix: network.inside)
        let listener = try Daemon(server: place, prefix: network.inside)
        let judgement = try listen(to: speaker, with: listener)
        print("measured: over TCP: \(judgement)")
        for daemon in [speaker, listener] {
            let status = try daemon.status()["network"]
            #expect(status["protocol"].string == "tcp")
            #expect(status["relay"].bool == false)
        }
        #expect(judgement.isGood, "\(judgement)")

        // The wall falls; another address makes the engine look for a better way.
        try network.mend()
        try Command.demand(network.inside + ["ip", "addr", "add", "10.97.44.5/24", "dev", "eth0"])
        try waitUntil(upTo: 20, for: "media to go by UDP", instead: { listener.log }) {
            try listener.status()["network"]["protocol"].string == "udp" ? true : nil
        }
    }

    @Test(
        "all datagrams dropped: Chromium hears and is heard over the server's TCP port", .timeLimit(.minutes(3)),
        .enabled(if: Machine.runsChromium))
    func browserOverTCP() throws {
        let network = try BlockedNetwork()
        try network.dropDatagrams()
        let daemon = try Daemon(
            input: "tone:440", serverKeys: "listen = \"\(network.signalling)\"\ninsecure = true\n")
        try daemon.login("room1", as: "user1")
        try daemon.control().call("startPublishing", ["streamID": "stream1", "wait": 20])
        let link = try daemon.link(room: "room1", user: "guest")
        let browser = try Browser(
            options: ["--insecure-origin", String(link.prefix { $0 != "#" }.dropLast())], prefix: network.inside)
        try browser.join(link)
        try browser.hears(1, upTo: 40)
        try daemon.control().call("startPlaying", ["streamID": "guest-microphone", "wait": 30])
        try daemon.control().call("startSoundLevelMonitor", ["intervalMs": 100])
        try daemon.events().next("sound-level", upTo: 20) { ($0["remote"]["guest-microphone"].number ?? 0) > 20 }
    }
}
