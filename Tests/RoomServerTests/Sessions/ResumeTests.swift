import JSONRPC
import RoomModel
import RoomServer
import Testing

@Suite("Signalling: lost connections, resume, departure, duplicate users")
struct ResumeTests {
    @Test("a resumed session gets what it missed, in order; the others hear nothing")
    func resume() throws {
        let rig = try SignalingRig()
        let one = try rig.client("user1")
        let two = try rig.client("user2")
        #expect(try two.publish("stream2") == .success)
        _ = (try one.heard(), try two.heard())
        one.lose()
        try rig.advance(milliseconds: 20_000, keeping: [two])
        let three = try rig.client("user3")
        _ = try two.result("unpublish", ["streamID": "stream2"])
        let before = try two.heard()
        #expect(before.allSatisfy { !$0.contains("user1") })

        try one.reconnect()
        #expect(
            try one.resume().map(SignalingRigClient.words)
                == ["count 2", "user add user3", "count 3", "stream delete stream2 1"])
        #expect(try two.heard() == [])
        _ = try three.result("logout", [:])
        try rig.advance(milliseconds: 1000, keeping: [one, two])
        #expect(try one.heard() == ["user delete user3", "count 2"])
    }

    @Test("a resume needs the key, a live session and a seq that is still known")
    func refusedResumes() throws {
        let rig = try SignalingRig()
        let one = try rig.client("user1")
        let login = try #require(one.loginResult)
        func attempt(session: String? = nil, key: String? = nil, seq: Int64 = 1) throws -> Int? {
            let client = try rig.connect()
            return client.errorCode(
                "resume",
                [
                    "sessionID": .string(session ?? login.sessionID), "resumeKey": .string(key ?? login.resumeKey),
                    "lastSeq": .integer(seq),
                ])
        }
        #expect(try attempt(session: "unknown") == 1_002_052)
        #expect(try attempt(key: "wrong") == 1_002_052)
        #expect(try attempt(key: "") == 1_002_052)
        #expect(try attempt(seq: 99) == 1_002_052)
        #expect(one.isClosed == nil)
        for number in 0..<1100 {
            // As fast as a room lets users in.
            if number.isMultiple(of: 200) { try rig.advance(milliseconds: 1000, keeping: [one]) }
            let other = try rig.client("other", room: number.isMultiple(of: 2) ? "room1" : "room2")
            _ = try other.result("logout", [:])
        }
        #expect(try attempt(seq: 1) == 1_002_052)
        #expect(rig.machine.counters.resumes == 0)
    }

    @Test("a resume takes over from a connection that is still there")
    func takeOver() throws {
        let rig = try SignalingRig()
        let one = try rig.client("user1")
        _ = try one.heard()
        let old = one.connection
        try one.reconnect()
        #expect(try one.resume() == [])
        #expect(rig.closed[old] == .resumedElsewhere)
        rig.lose(old)
        #expect(rig.machine.counts.sessions == 1)
        #expect(try one.result("ping", ["time": 1])["time"] == 1)
    }

    @Test("a repeated request is answered from the kept replies and not done twice")
    func repeatedRequests() throws {
        let rig = try SignalingRig()
        let one = try rig.client("user1")
        #expect(try one.publish("a") == .success)
        let first = try one.result("unpublish", ["streamID": "a"], id: 77)
        _ = try one.heard()
        one.lose()
        try one.reconnect()
        _ = try one.resume()
        #expect(try one.result("unpublish", ["streamID": "a"], id: 77) == first)
        #expect(rig.machine.counters.repeatedRequests == 1)
        #expect(one.errorCode("unpublish", ["streamID": "a"]) == 1_000_017)
        // 64 replies later it is forgotten.
        for number in 0..<64 { _ = one.call("mute", ["streamID": "x", "state": "mute"], id: 1000 + Int64(number)) }
        guard case .failure? = one.call("unpublish", ["streamID": "a"], id: 77) else {
            Issue.record("answered from the kept replies")
            return
        }
    }

    @Test("a negotiation that outlives its connection is answered in the next one, once")
    func negotiationOverResume() throws {
        let rig = try SignalingRig()
        let one = try rig.client("user1")
        rig.answersOffers = false
        let params: JSONValue = [
            "sdp": "offer", "tracks": [["mid": "0", "publish": ["streamID": "a", "roomID": "room1"]]],
        ]
        #expect(one.call("negotiate", params, id: 50) == nil)
        _ = try one.heard()
        one.lose()
        try one.reconnect()
        _ = try one.resume()
        #expect(one.call("negotiate", params, id: 50) == nil)
        rig.answerOffers()
        guard case .success? = one.response(to: 50) else {
            Issue.record("no answer")
            return
        }
        #expect(rig.machine.counters.negotiations == 1)
        #expect(try one.result("negotiate", params, id: 50)["sdp"] == "answer")
        #expect(rig.machine.counters.negotiations == 1)
    }

    @Test("who does not come back leaves after the departure time-out, counted from the last byte heard")
    func departure() throws {
        let rig = try SignalingRig()
        let one = try rig.client("user1")
        let two = try rig.client("user2")
        #expect(try two.publish("a") == .success)
        #expect(try two.publish("b") == .success)
        try rig.advance(milliseconds: 1000, keeping: [one])
        _ = try one.heard()
        two.lose()
        try rig.advance(milliseconds: 28_750, keeping: [one])
        #expect(try one.heard() == [])
        try rig.advance(milliseconds: 500, keeping: [one])
        #expect(try one.heard() == ["stream delete a,b 2", "user delete user2", "count 1"])
        #expect(rig.openTransports == [one.sessionID])
        try two.reconnect()
        #expect(throws: (any Error).self) { try two.resume() }
        #expect(rig.machine.counters.departures == 1)
    }

    @Test("a connection that is silent for three ping intervals is closed; any byte keeps it")
    func silence() throws {
        let rig = try SignalingRig()
        let silent = try rig.client("user1")
        let pinging = try rig.client("user2")
        let waving = try rig.client("user3")
        for _ in 0..<14 {
            try rig.advance(milliseconds: 1000, keeping: [pinging])
            rig.machine.heard(waving.connection, now: rig.now)
        }
        #expect(silent.isClosed == nil)
        try rig.advance(milliseconds: 1250, keeping: [pinging])
        #expect(silent.isClosed == .silent)
        #expect(pinging.isClosed == nil && waving.isClosed == nil)
        #expect(rig.machine.counts.sessions == 3)
    }

    @Test("a duplicate user kicks the earlier client out")
    func duplicateUser() throws {
        let rig = try SignalingRig()
        let one = try rig.client("user1")
        let witness = try rig.client("witness")
        #expect(try one.publish("stream1") == .success)
        try rig.advance(milliseconds: 2500, keeping: [one, witness])
        _ = (try one.heard(), try witness.heard())

        let again = try rig.client("user1")
        #expect(try one.heard() == ["kick 1002050"])
        #expect(one.isClosed == .kickedOut)
        #expect(again.loginResult?.users.map(\.userID.rawValue) == ["witness"])
        #expect(again.loginResult?.streams == [])
        #expect(try witness.heard() == ["stream delete stream1 3", "user delete user1", "count 1", "user add user1"])
        #expect(try again.publish("stream1") == .success)
        // Online clients too are told so when they try to come back.
        try one.reconnect()
        let login = try #require(one.loginResult)
        #expect(
            one.errorCode(
                "resume",
                ["sessionID": .string(login.sessionID), "resumeKey": .string(login.resumeKey), "lastSeq": 1])
                == 1_002_086)
    }

    @Test("an offline client whose place was taken is told so at its resume, with its key only")
    func displacedOffline() throws {
        let rig = try SignalingRig()
        let one = try rig.client("user1")
        one.lose()
        try rig.advance(milliseconds: 5000)
        let other = try rig.client("user1", room: "another")
        let login = try #require(one.loginResult)
        func attempt(key: String) throws -> Int? {
            let client = try rig.connect()
            return client.errorCode(
                "resume", ["sessionID": .string(login.sessionID), "resumeKey": .string(key), "lastSeq": 1])
        }
        #expect(try attempt(key: login.resumeKey) == 1_002_086)
        #expect(try attempt(key: "guess") == 1_002_052)
        #expect(other.isClosed == nil)
        try rig.advance(milliseconds: 1_201_000, keeping: [other])
        #expect(try attempt(key: login.resumeKey) == 1_002_052)
    }

    @Test("users of different applications do not meet, users of one do in all rooms")
    func acrossRooms() throws {
        let rig = try SignalingRig()
        let one = try rig.client("user1", room: "room1")
        _ = try rig.client("user1", room: "room2")
        #expect(one.isClosed == .kickedOut)
        #expect(rig.machine.snapshot.rooms.map(\.roomID.rawValue) == ["room2"])
    }
}
