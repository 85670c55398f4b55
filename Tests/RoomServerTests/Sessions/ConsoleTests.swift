import JSONRPC
import RoomModel
import RoomServer
import Testing

@Suite("Signalling: the console")
struct ConsoleTests {
    private static func kick(
        _ rig: SignalingRig, _ users: [String], room: String? = nil, message: String? = nil
    ) throws -> [String] {
        var names: Set<UserID> = []
        for user in users { names.insert(try UserID(user)) }
        let kicked = try rig.perform { machine, now in
            machine.kick(names, appID: nil, roomID: try room.map { try RoomID($0) }, message: message, now: now)
        }
        return kicked.map { "\($0.userID) \($0.roomID)" }
    }

    @Test("a user is put out of one room, or of all; the others hear why its streams went")
    func kick() throws {
        let rig = try SignalingRig()
        let anna = try rig.client("anna")
        try anna.login("anna", room: "room2")
        let ben = try rig.client("ben")
        try rig.advance(milliseconds: 1000, keeping: [anna, ben])
        _ = try anna.publish("voice")
        _ = try anna.heard()
        _ = try ben.heard()
        #expect(try Self.kick(rig, ["nobody"]) == [])
        #expect(try Self.kick(rig, ["anna", "nobody"], room: "room1", message: "be quiet") == ["anna room1"])
        #expect(try anna.heard() == ["kick 1002055 room1 be quiet"])
        #expect(try ben.heard() == ["stream delete voice 4", "user delete anna"])
        #expect(anna.isClosed == nil)
        #expect(try Self.kick(rig, ["anna"]) == ["anna room2"])
        #expect(try anna.heard() == ["kick 1002055"])
        #expect(anna.isClosed == .kickedOut)
        #expect(rig.openTransports.count == 1)
        // Kicked is not banned.
        #expect(throws: Never.self) { try rig.client("anna") }
    }

    @Test("a user that is away is put out too, and told so when it comes back")
    func kickOffline() throws {
        let rig = try SignalingRig()
        let anna = try rig.client("anna")
        _ = try rig.client("ben")
        anna.lose()
        #expect(try Self.kick(rig, ["anna"], room: "room1") == ["anna room1"])
        try anna.reconnect()
        let login = try #require(anna.loginResult)
        let request = ResumeRequest(sessionID: login.sessionID, resumeKey: login.resumeKey, lastSeq: anna.lastSeq)
        #expect(anna.errorCode("resume", request.json) == 1_002_055)
    }

    @Test("a room is closed with everybody in it, WHIP clients too")
    func closeRoom() throws {
        let rig = try SignalingRig()
        let anna = try rig.client("anna")
        let ben = try rig.client("ben")
        let other = try rig.client("carl", room: "room2")
        _ = try anna.publish("voice")
        let kicked = try rig.perform { machine, now in
            machine.closeRoom(try RoomID("room1"), appID: nil, message: "closing time", now: now)
        }
        #expect(Set(kicked.map(\.userID.rawValue)) == ["anna", "ben"])
        #expect(try anna.heard().last == "kick 1002055 closing time")
        #expect(try ben.heard().last == "kick 1002055 closing time")
        #expect(other.isClosed == nil)
        #expect(rig.machine.counts.rooms == 1 && rig.machine.counts.streams == 0)
    }

    @Test("a draining server sends its clients away over a while, and at the deadline the rest")
    func drain() throws {
        let rig = try SignalingRig()
        let anna = try rig.client("anna")
        let ben = try rig.client("ben")
        let stranger = try rig.connect()
        _ = try anna.publish("voice")
        _ = try anna.heard()
        let sessions = rig.perform { machine, now in machine.drain(spreadMs: 3000, now: now) }
        #expect(sessions == 2)
        #expect(try anna.heard() == ["reconnect"])
        #expect(stranger.isClosed == .goingAway)
        // Whoever has gone is waited for; sound goes on.
        anna.lose()
        #expect(rig.machine.counts.streams == 1 && rig.openTransports.count == 2)
        rig.perform { machine, now in machine.endAll(now: now) }
        #expect(ben.isClosed == .goingAway)
        #expect(
            rig.machine.counts
                == {
                    let counts = RoomServerCounts()
                    return counts
                }())
        #expect(rig.openTransports == [])
    }
}
