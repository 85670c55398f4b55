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
                == [state(.logined), users(.add, [anna]), streams(.add, [voice])])
        #expect(room.roomSessionID == "s")
    }

    @Test mutating func anEmptyRoomTellsOnlyTheState() {
        _ = room.loginBegan()
        #expect(room.loggedIn(roomSessionID: "s", users: [me], streams: []) == [state(.logined)])
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
                    state(.reconnected), users(.delete, [anna]), users(.add, [ben]), streams(.delete, [first]),
                    streams(.add, [second]),
                ])
        _ = room.connectionLost()
        #expect(room.loggedIn(roomSessionID: "t", users: [ben], streams: [second]) == [state(.reconnected)])
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
        #expect(room.loggedIn(roomSessionID: "s", users: [me], streams: [own]) == [state(.logined)])
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

    @Test mutating func withoutUserStatusNotifyUsersAreNotTold() throws {
        room = Room(roomID: try RoomID("room1"), user: me, config: LoginConfig())
        _ = room.loginBegan()
        #expect(room.loggedIn(roomSessionID: "s", users: [anna], streams: []) == [state(.logined)])
        #expect(room.addUsers([ben]) == [])
        #expect(room.snapshot.userList.isEmpty)
    }
}
