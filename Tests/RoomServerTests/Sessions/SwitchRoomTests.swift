import JSONRPC
import RoomModel
import RoomServer
import Testing

@Suite("Signalling: switchRoom")
struct SwitchRoomTests {
    private static func request(
        _ client: SignalingRigClient, from: String = "room1", to: String = "room2", as user: String = "anna"
    ) throws -> JSONValue {
        let login = try client.loginParams(user, room: to)
        return SwitchRoomRequest(
            fromRoomID: try RoomID(from), toRoomID: try RoomID(to), configuration: login.configuration,
            authentication: login.authentication
        ).json
    }

    @Test("one room is left and another entered, on the same session and transport")
    func switches() throws {
        let rig = try SignalingRig()
        let anna = try rig.client("anna")
        let ben = try rig.client("ben")
        let carl = try rig.client("carl", room: "room2")
        try rig.advance(milliseconds: 1000, keeping: [anna, ben, carl])
        _ = try anna.publish("voice")
        _ = try ben.heard()
        _ = try carl.heard()
        let result = try LoginResult(json: anna.result("switchRoom", Self.request(anna)))
        #expect(result.sessionID == anna.loginResult?.sessionID)
        #expect(result.roomSessionID == carl.loginResult?.roomSessionID)
        #expect(result.users.map(\.userID.rawValue) == ["carl"])
        #expect(try ben.heard() == ["stream delete voice 1", "user delete anna"])
        #expect(try carl.heard().prefix(1) == ["user add anna"])
        #expect(rig.openTransports.count == 3)
        // The name of the stream is free, and the session goes on.
        #expect(try ben.publish("voice") == .success)
        #expect(anna.errorCode("sendBroadcastMessage", ["roomID": "room2", "message": "here"]) == nil)
        #expect(anna.errorCode("sendBroadcastMessage", ["roomID": "room1", "message": "gone"]) == 1_009_005)
    }

    @Test("a room that refuses: the first one has been left, and with the last one the session")
    func refusals() throws {
        let rig = try SignalingRig()
        let anna = try rig.client("anna")
        _ = try rig.client("carl", room: "room2", maxMemberCount: 1)
        #expect(anna.errorCode("switchRoom", try Self.request(anna, from: "room3")) == 1_002_002)
        #expect(rig.machine.counts.users == 2)
        #expect(anna.errorCode("switchRoom", try Self.request(anna)) == 1_002_034)
        #expect(rig.machine.counts.users == 1)
        #expect(rig.openTransports.count == 1)
        #expect(anna.isClosed == nil)
        try anna.login("anna")
        try anna.login("anna", room: "room3")
        #expect(anna.errorCode("switchRoom", try Self.request(anna)) == 1_002_034)
        // The other room and the session are still there.
        #expect(anna.errorCode("logout", ["roomID": "room3"]) == nil)
        let stranger = try rig.connect()
        #expect(stranger.errorCode("switchRoom", try Self.request(stranger)) == 1_000_002)
    }

    @Test("a switch works from the fifth room, and to one that one is in already it does not")
    func fiveRooms() throws {
        let rig = try SignalingRig()
        let anna = try rig.client("anna")
        for number in 2...5 { try anna.login("anna", room: "room\(number)") }
        #expect(anna.errorCode("switchRoom", try Self.request(anna, to: "room5")) == 1_002_001)
        #expect(anna.errorCode("switchRoom", try Self.request(anna, to: "room6")) == nil)
        #expect(rig.machine.counts.rooms == 5)
    }

    @Test("an answer that was lost with its connection is given again, to a login and to a switch")
    func lostAnswers() throws {
        let rig = try SignalingRig()
        let anna = try rig.client("anna")
        let ben = try rig.client("ben")
        try rig.advance(milliseconds: 1000, keeping: [anna, ben])
        _ = try ben.heard()
        // The server has done it, but the client never hears of it.
        _ = try anna.result("login", anna.loginParams("anna", room: "room3").json)
        _ = try anna.result("switchRoom", Self.request(anna))
        anna.lose()
        try anna.reconnect()
        _ = try anna.resume()
        let login = try LoginResult(json: anna.result("login", anna.loginParams("anna", room: "room3").json))
        #expect(login.sessionID == anna.loginResult?.sessionID)
        _ = try LoginResult(json: anna.result("switchRoom", Self.request(anna)))
        #expect(anna.errorCode("login", try anna.loginParams("anna", room: "room3").json) == 1_002_001)
        #expect(rig.machine.counts.users == 3)
        #expect(try ben.heard() == ["user delete anna"])
    }
}
