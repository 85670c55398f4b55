import FoundationEssentials
import Glibc
import Testing

/// Garbage on the ports of a room server: counted and dropped, never a crash or a flood of log lines, and the call goes on.
@Suite("Garbage on the server's ports")
struct ServerInputTests {
    let daemon: Daemon

    init() throws { daemon = try Daemon(input: "tone:440") }

    /// A call that must be unharmed: a second daemon that listens to the first.
    private func withCall(_ body: () throws -> Void) throws {
        let listener = try Daemon(server: try daemon.asServer())
        try daemon.login("room1", as: "user1")
        try listener.login("room1", as: "user2")
        try daemon.control().call("startPublishing", ["streamID": "stream1", "wait": 20])
        try listener.control().call("startPlaying", ["streamID": "stream1", "wait": 20])
        let before = daemon.log.split(separator: "\n").count
        try body()
        #expect(daemon.process.isRunning)
        #expect(
            daemon.log.split(separator: "\n").count - before < 50, "no flood of log lines: \(daemon.log.suffix(2000))")
        try listener.control().call("startSoundLevelMonitor", ["intervalMs": 100])
        try listener.events().next("sound-level", upTo: 5) { ($0["remote"]["stream1"].number ?? 0) > 0 }
        #expect(try listener.status()["players"][0]["state"].string == "playing")
    }

    @Test("UDP: noise, broken STUN, DTLS, RTP and RTCP", .timeLimit(.minutes(3)))
    func udpGarbage() throws {
        let port = try daemon.serverPort()
        try withCall {
            let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
            defer { close(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            var generator = SeededGenerator(state: 42)
            for round in 0..<20_000 {
                let bytes = Self.garbage(round: round, using: &generator)
                _ = withUnsafePointer(to: &address) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        sendto(descriptor, bytes, bytes.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                    }
                }
                // In portions that a socket's buffer holds, so that the server has to read them all.
                if round % 100 == 99 { poll(nil, 0, 1) }
            }
        }
    }

    /// A datagram that begins like one of the protocols of the port, and goes on with noise.
    private static func garbage(round: Int, using generator: inout SeededGenerator) -> [UInt8] {
        let size = Int.random(in: 0...1400, using: &generator)
        var bytes = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let stun: [UInt8] = [0, 1, 0, UInt8(max(0, min(size - 20, 252)) & ~3), 0x21, 0x12, 0xa4, 0x42]
        let clientHello: [UInt8] = [22, 254, 253, 0, 0, 0, 0, 0, 0, 0, UInt8(round & 0xff), 0, 200, 1, 0, 0, 188]
        let starts: [[UInt8]] = [
            [], stun, clientHello, [0x80, 111], [0x90, 111, 0, 1], [0x81, 200, 0, 6], [0x81, 205, 255, 255],
            [0xbe, 0xde],
        ]
        let start = starts[round % starts.count]
        for (index, byte) in start.enumerated() where index < bytes.count { bytes[index] = byte }
        return bytes
    }

    @Test(
        "a server for this machine alone hears nothing from outside", .enabled(if: Machine.cutsNetworks),
        .timeLimit(.minutes(1)))
    func fromOutside() throws {
        let network = try CutNetwork()
        let port = try daemon.serverPort()
        func unknown() throws -> Double { try daemon.roomMetrics()["zego_room_media_datagrams_unknown_total"] ?? -1 }
        func send(_ prefix: [String]) throws {
            let script = "import socket; socket.socket(2, 2).sendto(b'x', ('\(network.outside)', \(port)))"
            try Command.demand(prefix + ["python3", "-c", script])
        }
        let before = try unknown()
        for _ in 1...5 { try send(network.inside) }
        // What comes from this machine to the same address is heard: so were the others, if they had got in.
        try send([])
        try waitUntil(upTo: 10, for: "the datagram of this machine") { try unknown() > before ? true : nil }
        #expect(try unknown() == before + 1)
    }

    @Test("TCP: what is neither HTTP nor WebSocket", .timeLimit(.minutes(3)))
    func tcpGarbage() throws {
        let port = try daemon.serverPort()
        try withCall {
            let lines = [
                "\\000\\001\\002\\003", "GET", "GET / HTTP/9.9\\r\\n\\r\\n",
                "POST /v1/signal HTTP/1.1\\r\\nContent-Length: 99999999999999\\r\\n\\r\\n",
                "GET /../../etc/passwd HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n",
                "\\026\\003\\001\\002\\000\\001\\000\\001\\374\\003\\003",
                "GET /v1/signal HTTP/1.1\\r\\nHost: x\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Version: 13\\r\\nSec-WebSocket-Key: x\\r\\n\\r\\n",
            ]
            for line in lines {
                let answer = try Command.run(
                    ["sh", "-c", "printf '\(line)' | timeout 5 socat -t1 - TCP:127.0.0.1:\(port)"], upTo: 10)
                #expect(!answer.output.contains("root:"), "\(line)")
            }
            let metrics = try Command.demand(
                [
                    "sh", "-c",
                    "printf 'GET /livez HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n' | socat -t5 - TCP:127.0.0.1:\(port)",
                ])
            #expect(metrics.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test(
        "HTTP: refused in the right words, slow clients closed in time, and no token in the log",
        .timeLimit(.minutes(2)))
    func badHTTP() throws {
        try daemon.control().call("setLogLevel", ["level": "debug"])
        try daemon.login("room1", as: "user1")
        let token = try Command.demand(
            [Programs.zegoctl, "--socket", daemon.controlSocket, "token", "--user", "guest", "--room", "room1"]
        ).trimmed
        let app = try daemon.asServer().application.id
        let output = try Command.demand(
            [Programs.python, "\(Programs.tools)/bad_http.py", "\(try daemon.serverPort())", "\(app)", token])
        let report = try JSON(line: output)
        let statuses = [
            "no SDP": 400, "no SDP, to play": 400, "SDP without sound": 422, "a huge body": 413, "another type": 415,
            "no type": 415, "two tokens": 401, "another scheme": 401, "a token in the query": 401,
            "a token as the stream": 400, "a token as the path": 404, "a token as the session": 404,
            "an unknown session": 404, "an unknown session, to leave": 404, "a token in other fields": 200,
        ]
        for entry in report["refused"].array {
            let name = entry["sent"].string ?? ""
            let status = entry["status"].integer ?? 0
            if let expected = statuses[name] { #expect(status == expected, "\(name)") }
            #expect(status == 200 || (400..<500).contains(status), "\(entry)")
            // Everything of WHIP and WHEP that is refused is told as a problem.
            let others = ["a token as the path", "a token as the method", "a token in the signalling's query"]
            if status >= 400, !others.contains(name) {
                #expect(entry["type"].string == "application/problem+json", "\(entry)")
            }
        }
        #expect(report["refused"].array.count > 15)
        for entry in report["slow"].array {
            let seconds = entry["seconds"].number ?? .infinity
            #expect(seconds < 13, "\(entry)")
        }
        #expect(report["slow"].array.count == 7)
        let log = daemon.log
        #expect(log.contains("debug"), "the log tells all that it can")
        for part in [token.prefix(24), token.dropFirst(60).prefix(24), token.suffix(24)] {
            #expect(!log.contains(part), "a token is in the log")
        }
    }

    @Test("signalling: SDP that is not SDP, JSON that is not JSON", .timeLimit(.minutes(3)))
    func signalingGarbage() throws {
        let server = try daemon.asServer()
        let port = try daemon.serverPort()
        try withCall {
            let output = try Command.demand(
                [
                    "python3", "\(Programs.tools)/intruder.py", "\(port)", "\(server.application.id)",
                    server.application.sign,
                ])
            let report = try JSON(line: output)
            for entry in report["answers"].array where entry["sent"].string?.hasPrefix("negotiate") == true {
                // Refused by an error, or the connection closed; never accepted.
                #expect(entry["answer"]["result"] == .null, "\(entry)")
            }
            #expect(report["alive"].bool == true, "\(report)")
        }
    }
}

/// A generator that gives the same numbers every time.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}
