import JSONRPC
import Logging
import NIOWebSocket
import RoomModel
import RoomServer
import Testing
import Transport

@Suite("The server over real WebSockets")
struct WebSocketServerTests {
    @Test("two clients in a room, from challenge to logout")
    func room() async throws {
        try await RoomServerRig.run { rig, _ in
            let one = try await rig.login("user1")
            let two = try await rig.login("user2")
            let update = try await one.notification("userUpdate")
            #expect(update["userList"]?[0]?["userID"] == "user2")
            two.request(
                "negotiate",
                ["sdp": "offer", "tracks": [["mid": "0", "publish": ["streamID": "s", "roomID": "room1"]]]], id: 2)
            let answer = try NegotiateResult(json: try await two.response(to: 2).get())
            #expect(answer.sdp == "answer to offer")
            #expect(answer.tracks == [TrackOutcome(mid: "0", errorCode: .success)])
            let added = try await one.notification("streamUpdate")
            #expect(added["updateType"] == "add" && added["streamList"]?[0]?["streamID"] == "s")
            #expect(rig.server.counts.streams == 1 && rig.server.counts.users == 2)
            let snapshot = await rig.server.snapshot()
            #expect(snapshot.rooms.first?.users.map(\.user.userID.rawValue) == ["user1", "user2"])

            two.request("logout", [:], id: 3)
            _ = try await two.response(to: 3).get()
            #expect(try await one.notification("streamUpdate")["updateType"] == "delete")
            #expect(try await one.notification("userUpdate")["updateType"] == "delete")
        }
    }

    @Test("a lost connection is resumed on another one")
    func resume() async throws {
        try await RoomServerRig.run { rig, _ in
            let (one, nonce) = try await rig.connect()
            let login = try await one.login("user1", room: "room1", app: rig.app, nonce: nonce)
            one.close()
            try await rig.wait { $0.connections == 0 }
            #expect(rig.server.counts.sessions == 1)
            let (again, _) = try await rig.connect()
            let resume = ResumeRequest(sessionID: login.sessionID, resumeKey: login.resumeKey, lastSeq: 0)
            again.request("resume", resume.json, id: 9)
            let result = try ResumeResult(json: try await again.response(to: 9).get())
            #expect(result.notifications.map(\.seq) == [1])
        }
    }

    @Test("the session ends by itself when nobody resumes it")
    func departure() async throws {
        try await RoomServerRig.run(departureTimeoutMs: 600) { rig, _ in
            let one = try await rig.login("user1")
            one.close()
            try await rig.wait { $0.connections == 0 }
            try await rig.wait { $0.sessions == 0 && $0.rooms == 0 }
        }
    }

    @Test("a kicked client reads why before its socket closes")
    func kick() async throws {
        try await RoomServerRig.run { rig, _ in
            let one = try await rig.login("user1")
            _ = try await rig.login("user1")
            let kick = try KickOut(json: try await one.notification("kickOut"))
            #expect(kick.errorCode == .kickedOut)
            #expect(try await one.next() == .close(4001))
            #expect(try await one.next() == .end)
        }
    }

    @Test("control frames, fragments, binary frames and frames that are too large")
    func frames() async throws {
        try await RoomServerRig.run { rig, _ in
            let one = try await rig.login("user1")
            _ = try await one.notification("onlineUserCount")
            one.send("hello", opcode: .ping)
            #expect(try await one.next() == .pong)
            one.send(#"{"jsonrpc":"2.0","id":5,"#, fin: false)
            one.send(#""method":"ping","params":{"time":1}}"#, opcode: .continuation)
            #expect(try await one.response(to: 5).get()["time"] == 1)
            one.send("bytes", opcode: .binary)
            #expect(try await one.next() == .close(1003))

            let two = try await rig.login("user2")
            two.send(String(repeating: " ", count: SignalingProtocol.maximumFrameBytes + 1))
            var last = try await two.next()
            while case .text = last { last = try await two.next() }
            #expect(last == .close(1009) || last == .end)
        }
    }

    @Test("a stranger has little time and few bytes")
    func strangers() async throws {
        let limits = ConnectionLimits(unauthenticatedTimeoutMs: 1_500, unauthenticatedBytes: 2_000)
        try await RoomServerRig.run(limits: limits) { rig, _ in
            let known = try await rig.login("user1")
            let (silent, _) = try await rig.connect()
            #expect(try await silent.next() == .end)
            let (talking, _) = try await rig.connect()
            talking.send(String(repeating: " ", count: 4_000))
            #expect(try await talking.next() == .end)
            // Whoever logged in keeps the connection, until it logs out and becomes a stranger again.
            known.request("ping", ["time": 1], id: 2)
            _ = try await known.response(to: 2).get()
            known.request("logout", [:], id: 3)
            _ = try await known.response(to: 3).get()
            #expect(try await known.next() == .end)
        }
    }

    @Test("too many strangers of one address are not let in")
    func census() async throws {
        try await RoomServerRig.run(limits: ConnectionLimits(unauthenticatedPerAddress: 2)) { rig, port in
            let first = try await rig.connect()
            let second = try await rig.connect()
            let third = try await RawTestConnection.connect(port: port)
            #expect(try await third.everything() == "")
            _ = try await first.client.login("user1", room: "room1", app: rig.app, nonce: first.nonce)
            let fourth = try await rig.connect()
            second.client.close()
            fourth.client.close()
        }
    }

    @Test("who does not read is closed; the others go on")
    func slowClient() async throws {
        let limits = ConnectionLimits(outgoingBytes: 65_536, messagesPerSecond: 100_000, messageBurst: 100_000)
        try await RoomServerRig.run(limits: limits) { rig, _ in
            let slow = try await rig.login("slow")
            try await slow.stopReading()
            let quick = try await rig.login("quick")
            try await rig.wait { $0.connections == 2 }
            let clock = ContinuousClock()
            let deadline = clock.now.advanced(by: .seconds(60))
            // Offers whose answers are as large as they.
            let offer = JSONValue.string(String(repeating: "x", count: 60_000))
            var id: Int64 = 100
            while rig.server.counts.connections == 2, clock.now < deadline {
                slow.request("negotiate", ["sdp": offer, "tracks": []], id: id)
                quick.request("ping", ["time": 1], id: id)
                _ = try await quick.response(to: id).get()
                id += 1
            }
            #expect(rig.server.counts.connections == 1)
            #expect(rig.server.counts.sessions == 2)
        }
    }

    @Test("stop: clients see a close frame, and it does not take long")
    func stop() async throws {
        try await RoomServerRig.run { rig, port in
            let one = try await rig.login("user1")
            let clock = ContinuousClock()
            let started = clock.now
            await rig.server.stop()
            #expect(clock.now - started < .seconds(4))
            var last = try await one.next()
            while case .text = last { last = try await one.next() }
            #expect(last == .close(1001))
            #expect(rig.server.boundPort == nil)
            await #expect(throws: (any Error).self) { try await RawTestConnection.connect(port: port) }
            await #expect(throws: RoomServerError.alreadyStarted) { try await rig.server.start() }
        }
    }

    @Test("a taken port and a closed address stop the start with the key to change")
    func startErrors() async throws {
        try await RoomServerRig.run { rig, port in
            func start(_ change: (inout RoomServerConfiguration) -> Void) async throws {
                var configuration = rig.server.configuration
                configuration.port = port
                change(&configuration)
                let server = try RoomServer(configuration: configuration, logger: Logger(label: "test")) {
                    StandInMedia($0)
                }
                defer { Task { await server.stop() } }
                try await server.start()
            }
            await #expect {
                try await start { _ in }
            } throws: { "\($0)".contains("127.0.0.1:\(port)") && "\($0)".contains("server.port") }
            await #expect(throws: RoomServerError.openWithoutTLS(listen: "0.0.0.0")) {
                try await start { $0.listen = "0.0.0.0" }
            }
            await #expect(throws: RoomServerError.notAnAddress("localhost")) {
                try await start { $0.listen = "localhost" }
            }
            await #expect(throws: RoomServerError.badAdvertise("host:x")) {
                try await start { $0.advertise = ["192.0.2.1", "[2001:db8::1]:5000", "host:x"] }
            }
        }
    }
}
