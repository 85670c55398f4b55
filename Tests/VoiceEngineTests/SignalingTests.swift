import JSONRPC
import RoomModel
import Testing
import Transport
import VoiceEngine

@Suite struct SignalingTests {
    private func text(_ json: JSONValue) -> [UInt8] { Array(json.description.utf8) }

    private func count(_ seq: Int64, _ count: Int64) -> [UInt8] {
        text([
            "jsonrpc": "2.0", "method": "onlineUserCount",
            "params": ["seq": .integer(seq), "roomID": "r", "count": .integer(count)],
        ])
    }

    @Test func unansweredRequestsAreRepeatedWithTheirIDs() throws {
        var session = SignalingSession()
        let login = session.request("login", params: [:], repeats: false)
        #expect(
            try session.receive(text(["jsonrpc": "2.0", "id": .integer(login.id), "result": ["a": 1]]))
                == .reply(id: login.id, result: .success(["a": 1])))
        session.established(sessionID: "S", resumeKey: "K")
        let ping = session.request("ping", params: [:], repeats: false)
        let first = session.request("negotiate", params: ["n": 1], repeats: true)
        let second = session.request("unpublish", params: ["n": 2], repeats: true)
        _ = try session.receive(count(1, 3))
        _ = try session.receive(text(["jsonrpc": "2.0", "id": .integer(first.id), "result": [:]]))

        #expect(session.connectionLost() == [ping.id])
        #expect(session.resumeRequest == ResumeRequest(sessionID: "S", resumeKey: "K", lastSeq: 1))
        let resume = session.request("resume", params: [:], repeats: false)
        #expect(resume.id > second.id)
        #expect(session.repetitions == [second.text])
        #expect(session.ended().sorted() == [second.id, resume.id])
        #expect(session.resumeRequest == nil)
        #expect(session.request("login", params: [:], repeats: false).id > resume.id)
    }

    @Test func everyNotificationIsTakenOnce() throws {
        var session = SignalingSession()
        let notification = SignalingNotification.onlineUserCount(OnlineUserCount(roomID: try RoomID("r"), count: 3))
        #expect(try session.receive(count(1, 3)) == .notification(notification))
        #expect(try session.receive(count(1, 3)) == .nothing)
        #expect(session.take(NumberedNotification(seq: 2, notification: notification)) == .notification(notification))
        #expect(try session.receive(count(2, 3)) == .nothing)
        #expect(session.lastSeq == 2)
    }

    @Test func nonsenseIsThrownAndSurvived() throws {
        var session = SignalingSession()
        #expect(throws: (any Error).self) { try session.receive(Array("{".utf8)) }
        #expect(throws: (any Error).self) { try session.receive(Array("[]".utf8)) }
        #expect(throws: (any Error).self) {
            try session.receive(Array("[{\"jsonrpc\":\"2.0\",\"method\":\"x\"}]".utf8))
        }
        #expect(throws: (any Error).self) {
            try session.receive(text(["jsonrpc": "2.0", "method": "onlineUserCount", "params": ["seq": 1]]))
        }
        #expect(try session.receive(text(["jsonrpc": "2.0", "id": 77, "result": 1])) == .nothing)
        let seq = session.lastSeq
        #expect(try session.receive(count(Int64(seq) + 1, 1)) != .nothing)
    }

    @Test func endpoints() throws {
        #expect(try SignalingEndpoint(url: "ws://example.org").port == 8790)
        #expect(try SignalingEndpoint(url: "ws://127.0.0.1:9000/").authority == "127.0.0.1:9000")
        let six = try SignalingEndpoint(url: "WS://[::1]:9000")
        #expect(six.host == "::1")
        #expect(six.authority == "[::1]:9000")
        for url in ["", "http://x", "ws://", "ws://x:0", "ws://x:99999", "ws://[::1", "ws://a/b", "x:1", "ws://u@h"] {
            #expect(throws: ZegoError.self) { try SignalingEndpoint(url: url) }
        }
        #expect(!six.isSecure)
        let secure = try SignalingEndpoint(url: "wss://example.org")
        #expect(secure.isSecure && secure.port == 8790 && secure.host == "example.org")
    }

    @Test func theFastestPingTellsTheOffset() {
        var offset = ClockOffset()
        #expect(offset.nanoseconds == nil)
        let ms: Int64 = 1_000_000
        // The server is 1000 ms ahead; the slow ways are lopsided.
        offset.add(sent: .init(nanoseconds: 0), received: .init(nanoseconds: 80 * ms), server: 1070 * ms)
        offset.add(sent: .init(nanoseconds: 100 * ms), received: .init(nanoseconds: 102 * ms), server: 1101 * ms)
        offset.add(sent: .init(nanoseconds: 200 * ms), received: .init(nanoseconds: 260 * ms), server: 1205 * ms)
        #expect(offset.nanoseconds == 1000 * ms)
        #expect(offset.roundTripNanoseconds == 2 * ms)
        for index in Int64(0)..<16 {
            let sent = 1000 * ms + index * 10 * ms
            offset.add(
                sent: .init(nanoseconds: sent), received: .init(nanoseconds: sent + 4 * ms), server: sent + 3002 * ms)
        }
        #expect(offset.nanoseconds == 3000 * ms)
    }
}
