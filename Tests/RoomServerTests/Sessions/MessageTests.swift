import JSONRPC
import RoomModel
import RoomServer
import Testing
import Transport

@Suite("Signalling: messages and extra infos")
struct MessageTests {
    private static func message(_ text: String, room: String = "room1") -> JSONValue {
        ["roomID": .string(room), "message": .string(text)]
    }

    private static func command(_ text: String, to users: [String]) -> JSONValue {
        ["roomID": "room1", "command": .string(text), "toUserList": .array(users.map { .string($0) })]
    }

    /// Three users in a room who have heard of each other, and one in another room.
    private static func room(_ rig: SignalingRig) throws -> [SignalingRigClient] {
        let clients = try ["anna", "ben", "carl"].map { try rig.client($0) } + [rig.client("dora", room: "room2")]
        try rig.advance(milliseconds: 1000, keeping: clients)
        for client in clients { _ = try client.notifications() }
        return clients
    }

    @Test("a broadcast message is for all others in the room, in one order, under one number")
    func broadcast() throws {
        let rig = try SignalingRig()
        let clients = try Self.room(rig)
        let first = try clients[0].result("sendBroadcastMessage", Self.message("one"))
        let second = try clients[1].result("sendBroadcastMessage", Self.message("two"))
        let third = try clients[0].result("sendBroadcastMessage", Self.message("three"))
        #expect(try clients[0].heard() == ["broadcast ben two"])
        #expect(try clients[1].heard() == ["broadcast anna one", "broadcast anna three"])
        let heard = try clients[2].notifications()
        #expect(
            heard.map(SignalingRigClient.words) == [
                "broadcast anna one", "broadcast ben two", "broadcast anna three",
            ])
        #expect(try clients[3].heard() == [])
        let numbers = heard.compactMap { notification -> Int64? in
            if case .message(let message) = notification { message.messageID.number } else { nil }
        }
        #expect(numbers == [first, second, third].compactMap { $0["messageID"]?.integer })
        #expect(numbers == numbers.sorted() && Set(numbers).count == 3)
        if case .message(let message)? = heard.first {
            #expect(message.sendTime == 1_700_000_000_000)
            #expect(message.fromUser.userName == "anna")
        }
    }

    @Test("two broadcasts a second of one user, ten in a room; others are not held up")
    func broadcastRates() throws {
        let rig = try SignalingRig()
        let clients = try (1...8).map { try rig.client("user\($0)") }
        for _ in 1...2 { _ = try clients[0].result("sendBroadcastMessage", Self.message("m")) }
        #expect(clients[0].errorCode("sendBroadcastMessage", Self.message("m")) == 1_009_015)
        for client in clients[1...4] {
            for _ in 1...2 { _ = try client.result("sendBroadcastMessage", Self.message("m")) }
        }
        #expect(clients[5].errorCode("sendBroadcastMessage", Self.message("m")) == 1_002_072)
        let elsewhere = try rig.client("dora", room: "room2")
        #expect(elsewhere.errorCode("sendBroadcastMessage", Self.message("m", room: "room2")) == nil)
        // Half a second apart is always allowed.
        for _ in 1...4 {
            try rig.advance(milliseconds: 500, keeping: clients)
            #expect(clients[0].errorCode("sendBroadcastMessage", Self.message("m")) == nil)
        }
    }

    @Test("a barrage message is lost on those who are not connected; a broadcast message reaches them later")
    func barrage() throws {
        let rig = try SignalingRig()
        let clients = try Self.room(rig)
        clients[1].lose()
        _ = try clients[0].result("sendBarrageMessage", Self.message("now"))
        _ = try clients[0].result("sendBroadcastMessage", Self.message("later"))
        #expect(try clients[2].heard() == ["barrage anna now", "broadcast anna later"])
        try clients[1].reconnect()
        #expect(try clients[1].resume().map(SignalingRigClient.words) == ["broadcast anna later"])
        for _ in 1...19 { _ = try clients[0].result("sendBarrageMessage", Self.message("m")) }
        #expect(clients[2].errorCode("sendBarrageMessage", Self.message("m")) == 1_002_072)
    }

    @Test("a command is for those who are named, or for all others; never for oneself")
    func commands() throws {
        let rig = try SignalingRig()
        let clients = try Self.room(rig)
        _ = try clients[0].result("sendCustomCommand", Self.command("to ben", to: ["ben"]))
        _ = try clients[0].result("sendCustomCommand", Self.command("to two", to: ["carl", "anna", "ben", "nobody"]))
        _ = try clients[0].result("sendCustomCommand", Self.command("to all", to: []))
        _ = try clients[0].result("sendCustomCommand", Self.command("elsewhere", to: ["dora"]))
        #expect(try clients[0].heard() == [])
        #expect(
            try clients[1].heard() == [
                "customCommand anna to ben", "customCommand anna to two", "customCommand anna to all",
            ])
        #expect(try clients[2].heard() == ["customCommand anna to two", "customCommand anna to all"])
        #expect(try clients[3].heard() == [])
        for _ in 1...8 { _ = try clients[0].result("sendCustomCommand", Self.command("m", to: [])) }
        #expect(clients[0].errorCode("sendCustomCommand", Self.command("m", to: ["ben", "carl"])) == 1_002_072)
        #expect(clients[0].errorCode("sendCustomCommand", Self.command("m", to: ["ben"])) == nil)
    }

    @Test("sizes, rooms and logins are looked at before anything is sent")
    func refusals() throws {
        let rig = try SignalingRig()
        let clients = try Self.room(rig)
        let longest = String(repeating: "ü", count: 512)
        for method in ["sendBroadcastMessage", "sendBarrageMessage"] {
            #expect(clients[0].errorCode(method, Self.message("")) == 1_009_001)
            #expect(clients[0].errorCode(method, Self.message(longest + "x")) == 1_009_002)
            #expect(clients[0].errorCode(method, Self.message("m", room: "room2")) == 1_009_005)
            #expect(clients[0].errorCode(method, Self.message("m", room: "a b")) == 1_002_012)
            #expect(clients[0].errorCode(method, Self.message(longest)) == nil)
        }
        #expect(clients[0].errorCode("sendCustomCommand", Self.command("", to: [])) == 1_009_001)
        #expect(clients[0].errorCode("sendCustomCommand", Self.command("m", to: ["a b"])) == 1_002_006)
        let crowd = (0...500).map { "user\($0)" }
        #expect(clients[0].errorCode("sendCustomCommand", Self.command("m", to: crowd)) == 1_000_017)
        let stranger = try rig.connect()
        #expect(stranger.errorCode("sendBroadcastMessage", Self.message("m")) == 1_000_002)
        #expect(try clients[1].heard().count == 2)
    }

    @Test("the text of a stream: told when it changes, and to those who come later")
    func streamExtraInfo() throws {
        let rig = try SignalingRig()
        let clients = try Self.room(rig)
        func set(_ text: String) -> JSONValue { ["streamID": "voice", "extraInfo": .string(text)] }
        #expect(clients[0].errorCode("setStreamExtraInfo", set("early")) == 1_000_017)
        _ = try clients[0].publish("voice")
        #expect(clients[0].errorCode("setStreamExtraInfo", set(String(repeating: "x", count: 1024))) == 1_003_051)
        _ = try clients[0].result("setStreamExtraInfo", set("hello"))
        _ = try clients[0].result("setStreamExtraInfo", set("hello"))
        #expect(clients[1].errorCode("setStreamExtraInfo", set("mine")) == 1_000_017)
        #expect(try clients[0].heard() == [])
        #expect(try clients[1].heard() == ["stream add voice", "streaminfo voice=hello"])
        #expect(try clients[3].heard() == [])
        // An offer that names the stream again does not take the text away.
        _ = try clients[0].publish("other")
        let late = try rig.client("late")
        #expect(late.loginResult?.streams.map(\.extraInfo.text) == ["hello", ""])
        for _ in 1...8 { _ = try clients[0].result("setStreamExtraInfo", set("more")) }
        #expect(clients[0].errorCode("setStreamExtraInfo", set("more")) == 1_002_072)
    }

    @Test("the text of a room: one key, the last writer wins, gone with the room")
    func roomExtraInfo() throws {
        let rig = try SignalingRig()
        let clients = try Self.room(rig)
        func set(_ key: String, _ value: String, room: String = "room1") -> JSONValue {
            ["roomID": .string(room), "key": .string(key), "value": .string(value)]
        }
        let method = "setRoomExtraInfo"
        #expect(clients[0].errorCode(method, set("", "v")) == 1_002_014)
        #expect(clients[0].errorCode(method, set("elevenbytes", "v")) == 1_002_015)
        #expect(clients[0].errorCode(method, set("k", String(repeating: "v", count: 129))) == 1_002_016)
        #expect(clients[0].errorCode(method, set("k", "v", room: "room2")) == 1_002_002)
        _ = try clients[0].result(method, set("topic", "one"))
        _ = try clients[1].result(method, set("topic", "two"))
        #expect(clients[2].errorCode(method, set("other", "v")) == 1_002_017)
        #expect(try clients[0].heard() == ["roominfo topic=two"])
        #expect(try clients[1].heard() == ["roominfo topic=one"])
        #expect(try clients[2].heard() == ["roominfo topic=one", "roominfo topic=two"])
        let late = try rig.client("late")
        let info = try #require(late.loginResult?.roomExtraInfo.first)
        #expect(info.value == "two" && info.updateUser.userID.rawValue == "ben" && info.updateTime == 1_700_000_000_000)
        for _ in 1...8 { _ = try clients[0].result(method, set("topic", "m")) }
        #expect(clients[0].errorCode(method, set("topic", "m")) == 1_002_072)
        for client in clients[0...2] + [late] { _ = try client.result("logout", [:]) }
        #expect(try rig.client("new").loginResult?.roomExtraInfo == [])
    }

    @Test("logins to a room: two hundred a second")
    func loginRate() throws {
        let rig = try SignalingRig()
        for number in 0...200 { _ = try rig.client("user\(number)", notify: false) }
        let late = try rig.connect()
        #expect(late.errorCode("login", try late.loginParams("late").json) == 1_002_072)
        #expect(late.errorCode("login", try late.loginParams("late", room: "room2").json) == nil)
    }
}
