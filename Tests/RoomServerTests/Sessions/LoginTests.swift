import JSONRPC
import RoomModel
import RoomServer
import Testing

@Suite("Signalling: login")
struct LoginTests {
    @Test("the server speaks first, and each connection has a nonce of its own")
    func challenge() throws {
        let rig = try SignalingRig()
        let one = try rig.connect()
        let other = try rig.connect()
        #expect(one.nonce.count == 32)
        #expect(one.nonce != other.nonce)
    }

    @Test("a login tells the room as it is; others hear of it")
    func login() throws {
        let rig = try SignalingRig()
        let one = try rig.client("user1")
        #expect(one.loginResult?.users == [])
        #expect(one.loginResult?.pingIntervalMs == 5000)
        #expect(try one.heard() == ["count 1"])
        #expect(try one.publish("stream1") == .success)

        try rig.advance(milliseconds: 2000, keeping: [one])
        let two = try rig.client("user2")
        #expect(two.loginResult?.users.map(\.userID.rawValue) == ["user1"])
        #expect(two.loginResult?.streams.map(\.streamID.rawValue) == ["stream1"])
        #expect(two.loginResult?.streams.first?.user.userID.rawValue == "user1")
        #expect(two.loginResult?.roomSessionID == one.loginResult?.roomSessionID)
        #expect(two.loginResult?.sessionID != one.loginResult?.sessionID)
        #expect(try two.heard() == ["count 2"])
        #expect(try one.heard() == ["user add user2", "count 2"])
        #expect(rig.openTransports == [one.sessionID, two.sessionID])
    }

    @Test("users are told among those that asked for it, streams to all", arguments: [true, false], [true, false])
    func userStatus(first: Bool, second: Bool) throws {
        let rig = try SignalingRig()
        let one = try rig.client("user1", notify: first)
        let two = try rig.client("user2", notify: second)
        #expect(two.loginResult?.users.count == (first && second ? 1 : 0))
        _ = try two.publish("stream2")
        _ = try two.result("logout", [:])
        try rig.advance(milliseconds: 1000, keeping: [one])
        var expected = ["count 1"]
        if first && second { expected.append("user add user2") }
        expected += ["stream add stream2", "stream delete stream2 1"]
        if first && second { expected.append("user delete user2") }
        #expect(try one.heard() == expected)
    }

    @Test("who cannot prove is refused with the reason, and nothing happens")
    func refusals() throws {
        let rig = try SignalingRig()
        let client = try rig.connect()
        let good = try client.loginParams("user1").json
        func changed(_ key: String, _ value: JSONValue?) throws -> JSONValue {
            var object = try #require(good.object)
            object[key] = value
            return .object(object)
        }
        #expect(client.errorCode("login", try changed("appID", 1)) == 1_001_004)
        #expect(client.errorCode("login", try changed("auth", nil)) == 1_002_067)
        #expect(client.errorCode("login", try changed("auth", ["token": "04AAAA"])) == 1_002_075)
        #expect(client.errorCode("login", try changed("auth", ["proof": "00"])) == 1_002_033)
        #expect(client.errorCode("login", try changed("roomID", "room2")) == 1_002_033)
        #expect(client.errorCode("login", try changed("roomID", "a b")) == 1_002_012)
        #expect(
            rig.machine.counts
                == {
                    var counts = RoomServerCounts(); counts.connections = 1; return counts
                }())
        #expect(rig.machine.counters.refusedLogins == [1_001_004: 1, 1_002_067: 1, 1_002_033: 2, 1_002_075: 1])
        // Another connection's proof is worth nothing here.
        let other = try rig.connect()
        #expect(other.errorCode("login", good) == 1_002_033)
        #expect(throws: Never.self) { try client.login("user1") }
    }

    @Test("after eight failures the connection is closed")
    func guessing() throws {
        let rig = try SignalingRig()
        let client = try rig.connect()
        let good = try client.loginParams("user1").json
        for attempt in 1...8 {
            #expect(client.isClosed == nil, "attempt \(attempt)")
            var object = try #require(good.object)
            object["auth"] = ["proof": "00"]
            _ = client.call("login", .object(object))
        }
        #expect(client.isClosed == .policy("too many failed logins"))
    }

    @Test("several rooms on one session, as one user, up to five")
    func rooms() throws {
        let rig = try SignalingRig()
        let client = try rig.client("user1")
        let first = try #require(client.loginResult)
        #expect(client.errorCode("login", try client.loginParams("user1").json) == 1_002_001)
        #expect(client.errorCode("login", try client.loginParams("user2", room: "room2").json) == 1_002_018)
        for number in 2...5 {
            let result = try client.login("user1", room: "room\(number)")
            #expect(result.sessionID == first.sessionID && result.resumeKey == first.resumeKey)
            #expect(result.roomSessionID != first.roomSessionID)
        }
        #expect(client.errorCode("login", try client.loginParams("user1", room: "room6").json) == 1_002_037)
        #expect(rig.machine.counts.rooms == 5)
        #expect(client.errorCode("logout", ["roomID": "room6"]) == 1_002_002)
        _ = try client.result("logout", ["roomID": "room3"])
        #expect(rig.machine.counts.rooms == 4)
        #expect(rig.openTransports.count == 1)
        _ = try client.result("logout", [:])
        #expect(rig.machine.counts.rooms == 0)
        #expect(rig.openTransports == [])
        #expect(client.isClosed == nil)
        #expect(client.errorCode("unpublish", ["streamID": "s"]) == 1_000_002)
        #expect(throws: Never.self) { try client.login("user1") }
    }

    @Test("maxMemberCount of the login that made the room holds; the same user's new client takes its own place")
    func full() throws {
        let rig = try SignalingRig()
        let one = try rig.client("user1", maxMemberCount: 2)
        _ = try rig.client("user2", maxMemberCount: 100)
        let three = try rig.connect()
        #expect(three.errorCode("login", try three.loginParams("user3").json) == 1_002_034)
        #expect(throws: Never.self) { try rig.client("user2") }
        _ = try one.result("logout", [:])
        #expect(throws: Never.self) { try three.login("user3") }
    }

    @Test("the number of users: at once, gathered for a second, and every 30 s")
    func count() throws {
        let rig = try SignalingRig()
        let one = try rig.client("user1", notify: false)
        let two = try rig.client("user2", notify: false)
        let three = try rig.client("user3", notify: false)
        #expect(try one.heard() == ["count 1"])
        #expect(try two.heard() == ["count 2"])
        #expect(try three.heard() == ["count 3"])
        try rig.advance(milliseconds: 1000, keeping: [one, two, three])
        #expect(try one.heard() == ["count 3"])
        try rig.advance(milliseconds: 29_500, keeping: [one, two, three])
        #expect(try one.heard() == [])
        try rig.advance(milliseconds: 1000, keeping: [one, two, three])
        #expect(try one.heard() == ["count 3"])
    }
}
