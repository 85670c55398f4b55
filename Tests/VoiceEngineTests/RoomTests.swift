import JSONRPC
import RoomModel
import Testing
import VoiceEngine

@Suite struct RoomTests {
    private let me: User
    private let anna: User
    private let ben: User
    private var room: Room

    init() throws {
        me = try User(userID: UserID("me"))
        anna = try User(userID: UserID("anna"))
        ben = try User(userID: UserID("ben"))
        room = Room(roomID: try RoomID("room1"), user: me, config: LoginConfig(isUserStatusNotify: true))
    }

    private func stream(_ name: String, _ user: User) throws -> StreamDescription {
        StreamDescription(streamID: try StreamID(name), user: user)
    }

    private func state(_ reason: RoomStateReason, _ code: Int = 0) -> EngineEvent {
        .roomState(roomID: "room1", reason: reason, errorCode: code, extendedData: [:])
    }

    private func loggedIn(_ reason: RoomStateReason, _ session: String) -> EngineEvent {
        .roomState(
            roomID: "room1", reason: reason, errorCode: 0, extendedData: ["roomSessionID": .string(session)])
    }

    private func users(_ type: UpdateType, _ list: [User]) -> EngineEvent {
        .userUpdate(roomID: "room1", updateType: type, userList: list)
    }

    private func streams(_ type: UpdateType, _ list: [StreamDescription]) -> EngineEvent {
        .streamUpdate(roomID: "room1", updateType: type, streamList: list, extendedData: [:])
    }

    @Test mutating func loginTellsStateThenUsersThenStreams() throws {
        let voice = try stream("voice", anna)
        #expect(room.loginBegan() == [state(.logining)])
        #expect(
            room.loggedIn(roomSessionID: "s", users: [anna], streams: [voice])
                == [loggedIn(.logined, "s"), users(.add, [anna]), streams(.add, [voice])])
        #expect(room.roomSessionID == "s")
    }

    @Test mutating func anEmptyRoomTellsOnlyTheState() {
        _ = room.loginBegan()
        #expect(room.loggedIn(roomSessionID: "s", users: [me], streams: []) == [loggedIn(.logined, "s")])
    }

    @Test mutating func whoComesBackHearsTheDifference() throws {
        let first = try stream("first", anna)
        let second = try stream("second", ben)
        _ = room.loginBegan()
        _ = room.loggedIn(roomSessionID: "s", users: [anna], streams: [first])
        #expect(room.connectionLost() == [state(.reconnecting, 1_002_051)])
        #expect(room.connectionLost() == [])
        #expect(
            room.loggedIn(roomSessionID: "t", users: [ben], streams: [second])
                == [
                    loggedIn(.reconnected, "t"), users(.delete, [anna]), users(.add, [ben]), streams(.delete, [first]),
                    streams(.add, [second]),
                ])
        _ = room.connectionLost()
        #expect(room.loggedIn(roomSessionID: "t", users: [ben], streams: [second]) == [loggedIn(.reconnected, "t")])
    }

    @Test mutating func aResumedSessionOnlyTellsThatItIs() {
        _ = room.loginBegan()
        _ = room.loggedIn(roomSessionID: "s", users: [anna], streams: [])
        #expect(room.resumed() == [])
        _ = room.connectionLost()
        #expect(room.resumed() == [state(.reconnected)])
        #expect(room.users == [anna])
    }

    @Test mutating func failuresHaveTheirReasons() {
        _ = room.loginBegan()
        #expect(room.connectionLost() == [])
        #expect(room.failed(.authenticationFailed) == [state(.loginFailed, 1_002_033)])
        #expect(room.failed(.authenticationFailed) == [])
        _ = room.loginBegan()
        _ = room.loggedIn(roomSessionID: "s", users: [anna], streams: [])
        _ = room.connectionLost()
        #expect(room.failed(.roomRetryTimeout) == [state(.reconnectFailed, 1_002_053)])
        #expect(room.users.isEmpty)
        // No extra logout after a failure.
        #expect(room.loggedOut() == [])
    }

    @Test mutating func kickOutEndsTheRoom() {
        _ = room.loginBegan()
        _ = room.loggedIn(roomSessionID: "s", users: [], streams: [])
        #expect(room.kickedOut(1_002_050) == [state(.kickOut, 1_002_050)])
        #expect(room.loggedOut() == [])
    }

    @Test mutating func logoutWhileReconnectingIsALogout() {
        _ = room.loginBegan()
        _ = room.loggedIn(roomSessionID: "s", users: [], streams: [])
        _ = room.connectionLost()
        #expect(room.loggedOut() == [state(.logout)])
    }

    @Test mutating func oneselfIsNeverTold() throws {
        _ = room.loginBegan()
        let own = try stream("own", me)
        #expect(room.loggedIn(roomSessionID: "s", users: [me], streams: [own]) == [loggedIn(.logined, "s")])
        #expect(room.addUsers([me]) == [])
        #expect(room.addStreams([own]) == [])
    }

    @Test mutating func whatIsKnownIsNotToldAgain() throws {
        _ = room.loginBegan()
        _ = room.loggedIn(roomSessionID: "s", users: [], streams: [])
        let voice = try stream("voice", anna)
        #expect(room.addUsers([anna, ben]) == [users(.add, [anna, ben])])
        #expect(room.addUsers([anna]) == [])
        #expect(room.deleteUsers([ben, ben]) == [users(.delete, [ben])])
        #expect(room.deleteUsers([ben]) == [])
        #expect(room.addStreams([voice]) == [streams(.add, [voice])])
        #expect(room.addStreams([voice]) == [])
        // The same stream by another publisher is another stream.
        let other = try stream("voice", ben)
        #expect(room.addStreams([other]) == [streams(.delete, [voice]), streams(.add, [other])])
        #expect(room.deleteStreams([other.streamID]) == [streams(.delete, [other])])
        #expect(room.deleteStreams([other.streamID]) == [])
    }

    @Test mutating func textsAreToldWhenTheyAreNew() throws {
        func info(_ value: String, at time: Int64 = 1) throws -> RoomExtraInfo {
            try RoomExtraInfo(key: "topic", value: value, updateUser: anna, updateTime: time)
        }
        func told(_ infos: RoomExtraInfo...) -> EngineEvent {
            .roomExtraInfo(roomID: "room1", roomExtraInfoList: infos)
        }
        var voice = try stream("voice", anna)
        voice.extraInfo = try StreamExtraInfo("a")
        _ = room.loginBegan()
        #expect(
            room.loggedIn(roomSessionID: "s", users: [], streams: [voice], extraInfo: [try info("one")])
                == [loggedIn(.logined, "s"), streams(.add, [voice]), told(try info("one"))])
        #expect(room.snapshot.roomExtraInfo == ["topic": "one"])
        voice.extraInfo = try StreamExtraInfo("b")
        #expect(room.changedStreams([voice]) == [.streamExtraInfo(roomID: "room1", streamList: [voice])])
        #expect(room.changedStreams([voice, try stream("unknown", anna)]) == [])
        #expect(room.snapshot.streamList == [voice])
        // Our own text is known without an event.
        room.wroteExtraInfo(try info("mine"))
        #expect(room.snapshot.roomExtraInfo == ["topic": "mine"])
        // Whoever comes back hears what has changed, in the order of a login.
        _ = room.connectionLost()
        voice.extraInfo = try StreamExtraInfo("c")
        #expect(
            room.loggedIn(roomSessionID: "s", users: [], streams: [voice], extraInfo: [try info("two", at: 2)])
                == [
                    loggedIn(.reconnected, "s"), .streamExtraInfo(roomID: "room1", streamList: [voice]),
                    told(try info("two", at: 2)),
                ])
        _ = room.connectionLost()
        #expect(
            room.loggedIn(roomSessionID: "s", users: [], streams: [voice], extraInfo: [try info("two", at: 3)])
                == [loggedIn(.reconnected, "s")])
        // The room was empty meanwhile: what was written is gone.
        _ = room.connectionLost()
        #expect(
            room.loggedIn(roomSessionID: "t", users: [], streams: [voice])
                == [loggedIn(.reconnected, "t"), told(try info("", at: 2))])
        #expect(room.kickedOut(1_002_055).count == 1)
        #expect(room.snapshot.roomExtraInfo == [:])
    }

    @Test mutating func withoutUserStatusNotifyUsersAreNotTold() throws {
        room = Room(roomID: try RoomID("room1"), user: me, config: LoginConfig())
        _ = room.loginBegan()
        #expect(room.loggedIn(roomSessionID: "s", users: [anna], streams: []) == [loggedIn(.logined, "s")])
        #expect(room.addUsers([ben]) == [])
        #expect(room.snapshot.userList.isEmpty)
    }
}
