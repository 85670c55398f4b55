import JSONRPC
import RoomModel
import RoomServer
import Testing
import Transport

@Suite("Signalling: what arrives from outside")
struct ProtocolTests {
    @Test("before a login there is only login, resume, logout and ping")
    func strangers() throws {
        let rig = try SignalingRig()
        let client = try rig.connect()
        for (method, params) in [
            ("unpublish", ["streamID": "s"]), ("stopPlay", ["streamID": "s"]),
            ("mute", ["streamID": "s", "state": "mute"]), ("negotiate", ["sdp": "", "tracks": []]),
            ("candidate", ["endOfCandidates": true]),
        ] as [(String, JSONValue)] {
            #expect(client.errorCode(method, params) == 1_000_002)
        }
        #expect(try client.result("ping", ["time": 5]) == ["time": 5, "serverTime": 1_700_000_000_000])
        #expect(try client.result("logout", [:]) == [:])
        #expect(client.errorCode("logout", ["roomID": "r"]) == 1_002_002)
    }

    @Test("unknown methods, faulty params and batches are answered")
    func faults() throws {
        let rig = try SignalingRig()
        let client = try rig.client("user1")
        #expect(client.errorCode("dance", [:]) == -32601)
        #expect(client.errorCode("unpublish", [:]) == -32602)
        #expect(client.errorCode("unpublish", ["streamID": "a/b"]) == 1_000_016)
        _ = try client.heard()
        client.send("[]")
        client.send(#"[{"jsonrpc":"2.0","id":1,"method":"ping","params":{"time":1}}]"#)
        client.send("{")
        let codes = rig.take(client.connection).map { $0["error"]?["code"] }
        #expect(codes == [-32600, -32600, -32700])
    }

    @Test("a request without an id is done and not answered")
    func withoutID() throws {
        let rig = try SignalingRig()
        let client = try rig.client("user1")
        _ = try client.heard()
        client.send(#"{"jsonrpc":"2.0","method":"logout"}"#)
        #expect(rig.take(client.connection) == [])
        #expect(rig.machine.counts.rooms == 0)
    }

    @Test("sixteen faulty messages close the connection")
    func garbage() throws {
        let rig = try SignalingRig()
        let client = try rig.connect()
        for _ in 0..<16 { client.send("\u{1}garbage") }
        #expect(client.isClosed == .policy("too many faulty messages"))
        client.send("more")
        #expect(rig.machine.counters.faultyMessages == 16)
    }

    @Test("too many messages close the connection, not the session")
    func flood() throws {
        let rig = try SignalingRig(settings: SignalingSettings(messagesPerSecond: 10, messageBurst: 20))
        let client = try rig.client("user1")
        for _ in 0..<19 { _ = client.call("ping", ["time": 1]) }
        #expect(client.isClosed == nil)
        _ = client.call("ping", ["time": 1])
        #expect(client.isClosed == .policy("too many messages"))
        #expect(rig.machine.counts.sessions == 1)
        _ = try client.heard()
        try client.reconnect()
        #expect(throws: Never.self) { try client.resume() }
    }

    @Test("whatever comes in whatever order, numbers have no gaps, and in the end nothing is left")
    func disorder() throws {
        var random = RandomSource.seeded(99)
        for round in 0..<20 {
            let rig = try SignalingRig()
            var clients: [SignalingRigClient] = []
            for _ in 0..<150 {
                if clients.count < 2 || Int.random(in: 0..<12, using: &random) == 0 {
                    let user = "user\(Int.random(in: 0..<4, using: &random))"
                    let room = "room\(Int.random(in: 0..<2, using: &random))"
                    let client = try rig.connect()
                    if (try? client.login(user, room: room)) != nil { clients.append(client) }
                }
                rig.answersOffers = Bool.random(using: &random)
                guard let client = clients.randomElement(using: &random) else { continue }
                let stream = "stream\(Int.random(in: 0..<4, using: &random))"
                let room = "room\(Int.random(in: 0..<2, using: &random))"
                switch Int.random(in: 0..<11, using: &random) {
                case 0: _ = try? client.publish(stream, room: room)
                case 1: _ = try? client.play(stream)
                case 2: _ = client.call("unpublish", ["streamID": .string(stream)])
                case 3: _ = client.call("stopPlay", ["streamID": .string(stream)])
                case 4: _ = client.call("mute", ["streamID": .string(stream), "state": "mute"])
                case 5: _ = try? client.login("user0", room: room)
                case 6: _ = client.call("logout", ["roomID": .string(room)])
                case 7: client.lose()
                case 8:
                    _ = try? client.heard()
                    try client.reconnect()
                    _ = try? client.resume()
                case 9:
                    rig.answerOffers(
                        Bool.random(using: &random)
                            ? .failure(ZegoError(.roomInnerError)) : .success(MediaAnswer(sdp: "")))
                default: try rig.advance(milliseconds: Int64.random(in: 1...20_000, using: &random))
                }
                _ = try client.heard()
                let snapshot = rig.machine.snapshot
                let streams = snapshot.rooms.flatMap(\.streams).map(\.streamID)
                #expect(Set(streams).count == streams.count)
                #expect(snapshot.rooms.allSatisfy { !$0.users.isEmpty })
                #expect(rig.machine.counts.streams == streams.count)
            }
            try rig.advance(milliseconds: 60_000)
            #expect(rig.openTransports == [], "round \(round)")
            #expect(rig.machine.counts.sessions == 0)
            #expect(rig.machine.counts.rooms == 0)
            #expect(rig.machine.counts.streams == 0)
            // All names are free again.
            let last = try rig.client("user0")
            rig.answersOffers = true
            for number in 0..<4 { #expect(try last.publish("stream\(number)") == .success) }
        }
    }
}
