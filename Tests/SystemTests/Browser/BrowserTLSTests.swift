import Testing

/// The page by https from another machine: the browser gives it its microphone there, too.
@Suite(
    "A browser on another machine", .enabled(if: Machine.runsChromium && Machine.cutsNetworks && Machine.hasOpenSSL))
struct BrowserTLSTests {
    @Test("joins by https, speaks and hears", .timeLimit(.minutes(3)))
    func joins() throws {
        let network = try CutNetwork()
        let made = try ServerCertificate(host: network.outside, directory: try TemporaryDirectory())
        let daemon = try Daemon(input: "tone:440", serverKeys: "listen = \"0.0.0.0\"\n\(made.serverKeys)")
        try daemon.login("room1", as: "user1")
        try daemon.control().call("startPublishing", ["streamID": "stream1", "wait": 20])
        let link = try daemon.link(room: "room1", user: "guest")
        #expect(link.hasPrefix("https://\(network.outside):\(try daemon.serverPort())/#"), "\(link)")
        let browser = try Browser(options: ["--trust-key", try made.keyHash()], prefix: network.inside)
        try browser.join(link)
        #expect(try browser.call("evaluate", ["script": "window.isSecureContext"]).bool == true)
        try browser.hears(1)
        try daemon.control().call("startPlaying", ["streamID": "guest-microphone", "wait": 20])
        try daemon.control().call("startSoundLevelMonitor", ["intervalMs": 100])
        try daemon.events().next("sound-level", upTo: 20) { ($0["remote"]["guest-microphone"].number ?? 0) > 0 }
        let complaints = try browser.call("complaints").array
        #expect(complaints.isEmpty, "\(complaints)")
    }
}
