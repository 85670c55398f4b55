import StallWatch
import Testing

/// Repairs between engines and a room server, with the programs as a user gets them and packets that are really lost: what
/// is lost comes again when it is asked for, or, once the loss is known, as a copy inside a later packet before that.
@Suite("Retransmissions", .enabled(if: Machine.cutsNetworks), .realTime)
struct RetransmissionTests {
    @Test(
        "what an engine and the server lose comes by a copy, or when asked for, and is used",
        .timeLimit(.minutes(2)))
    func engine() throws {
        let network = try CutNetwork()
        let server = try Daemon(input: "tone:440", serverKeys: "listen = \"0.0.0.0\"\ninsecure = true")
        let url = "ws://\(network.outside):\(try server.serverPort())"
        let far = try Daemon(
            server: (url, try server.asServer().application), input: "tone:660", prefix: network.inside)
        for (daemon, user, stream) in [(server, "near", "near1"), (far, "far", "far1")] {
            try daemon.login("room1", as: user)
            try daemon.control().call("startPublishing", ["streamID": .string(stream), "wait": 20])
        }
        try server.control().call("startPlaying", ["streamID": "far1", "wait": 20])
        try far.control().call("startPlaying", ["streamID": "near1", "wait": 20])
        let before = try server.roomMetrics()
        try network.lose(oneOf: 10)
        try waitUntil(upTo: 30, for: "40 packets to be lost each way") {
            let lost = try network.lost()
            return min(lost.from, lost.to) >= 40 ? true : nil
        }
        let engine = try far.metrics()
        let lost = try network.lost()
        let after = try server.roomMetrics()
        func counted(_ name: String) -> Double {
            (after["zego_room_media_\(name)_total"] ?? 0) - (before["zego_room_media_\(name)_total"] ?? 0)
        }
        let recoveredByEngine = engine["zegod_packets_recovered_total"] ?? 0
        let copiesToEngine = engine["zegod_packets_repaired_by_copies_total"] ?? 0
        let sentByEngine = engine["zegod_packets_retransmitted_total"] ?? 0
        let copiesToServer = counted("packets_restored")
        print(
            """
            measured: NACK, server to engine: \(lost.from) lost, \(engine["zegod_retransmissions_requested_total"] ?? 0) asked \
            for, \(counted("packets_retransmitted")) sent again, \(recoveredByEngine) recovered, \(copiesToEngine) by copies
            """)
        print(
            """
            measured: NACK, engine to server: \(lost.to) lost, \(counted("retransmissions_requested")) asked for, \
            \(sentByEngine) sent again, \(counted("packets_recovered")) recovered, \(copiesToServer) by copies
            """)
        // A copy stands in the very next packet, as a rule before anything is asked for; until the loss is known there is none.
        #expect(recoveredByEngine + copiesToEngine >= 25 && counted("packets_retransmitted") >= recoveredByEngine)
        #expect(copiesToEngine >= 5 && recoveredByEngine >= 1)
        #expect(counted("packets_recovered") + copiesToServer >= 25 && sentByEngine >= counted("packets_recovered"))
        #expect(copiesToServer >= 5 && counted("packets_recovered") >= 1)
        // What came again was played: nothing of a tone had to be made up.
        for daemon in [server, far] {
            let quality = try daemon.status()["players"][0]["quality"]
            #expect((quality["concealedRate"].number ?? 1) < 0.05, "\(quality)")
        }
    }
}
