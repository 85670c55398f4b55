import JSONRPC
import RoomModel
import RoomServer
import Testing
import Transport

/// Who sees what of whom, when, and in which order: the whole table.
@Suite("Signalling: who sees what")
struct MatrixTests {
    /// How the one who is watched leaves, and with which reason its streams go.
    enum Leaving: String, CaseIterable {
        case logout
        case kicked
        case displaced
        case lost
        case switched

        var reason: StreamDeleteReason {
            switch self {
            case .logout, .switched: .publisherStopped
            case .kicked: .kickedOut
            case .displaced: .repeatedLogin
            case .lost: .heartbeatTimeout
            }
        }
    }

    /// Everything that others can see of a user.
    private static func act(_ subject: SignalingRigClient) throws {
        _ = try subject.publish("voice")
        _ = try subject.result("setStreamExtraInfo", ["streamID": "voice", "extraInfo": "x"])
        _ = try subject.result("setRoomExtraInfo", ["roomID": "room1", "key": "k", "value": "v"])
        _ = try subject.result("sendBroadcastMessage", ["roomID": "room1", "message": "hi"])
        _ = try subject.result("unpublish", ["streamID": "voice"])
    }

    private static func leave(
        _ subject: SignalingRigClient, _ leaving: Leaving, notify: Bool, keeping others: [SignalingRigClient]
    ) throws {
        let rig = subject.rig
        switch leaving {
        case .logout: _ = try subject.result("logout", [:])
        case .switched:
            let login = try subject.loginParams("subject", room: "room3", notify: notify)
            let request = SwitchRoomRequest(
                fromRoomID: try RoomID("room1"), toRoomID: login.roomID, configuration: login.configuration,
                authentication: login.authentication)
            _ = try subject.result("switchRoom", request.json)
        case .kicked:
            let userID = try UserID("subject")
            rig.perform { machine, now in
                _ = machine.kick([userID], appID: nil, roomID: nil, message: nil, now: now)
            }
        case .displaced: _ = try rig.client("subject", room: "room3", notify: notify)
        case .lost:
            subject.lose()
            try rig.advance(milliseconds: 29_000, keeping: others)
            for other in others { #expect(try heard(other) == [], "an outage is not told") }
            try rig.advance(milliseconds: 2000, keeping: others)
        }
    }

    /// Numbers of users come by the clock; they have their own tests.
    private static func heard(_ client: SignalingRigClient) throws -> [String] {
        try client.heard().filter { !$0.hasPrefix("count") }
    }

    @Test("what a member sees of another", arguments: [true, false], [true, false])
    func member(watcherNotify: Bool, subjectNotify: Bool) throws {
        for leaving in Leaving.allCases {
            let rig = try SignalingRig()
            let watcher = try rig.client("watcher", notify: watcherNotify)
            let elsewhere = try rig.client("elsewhere", room: "room2")
            let subject = try rig.client("subject", notify: subjectNotify)
            try Self.act(subject)
            // The next offer names the first stream again.
            _ = try subject.publish("second")
            let both = watcherNotify && subjectNotify
            let seen = both ? ["user add subject"] : []
            #expect(
                try Self.heard(watcher)
                    == seen + [
                        "stream add voice", "streaminfo voice=x", "roominfo k=v", "broadcast subject hi",
                        "stream delete voice 1", "stream add voice", "stream add second",
                    ], "\(leaving)")
            // Nobody hears of what he does himself.
            #expect(try Self.heard(subject) == [])
            try Self.leave(subject, leaving, notify: subjectNotify, keeping: [watcher, elsewhere])
            let gone = both ? ["user delete subject"] : []
            #expect(
                try Self.heard(watcher) == ["stream delete voice,second \(leaving.reason.rawValue)"] + gone,
                "\(leaving)")
            #expect(try Self.heard(elsewhere) == [])
        }
    }

    @Test("what a newcomer is told at once", arguments: [true, false], [true, false])
    func newcomer(watcherNotify: Bool, subjectNotify: Bool) throws {
        let rig = try SignalingRig()
        let subject = try rig.client("subject", notify: subjectNotify)
        _ = try subject.publish("voice")
        _ = try subject.result("setStreamExtraInfo", ["streamID": "voice", "extraInfo": "x"])
        _ = try subject.result("setRoomExtraInfo", ["roomID": "room1", "key": "k", "value": "v"])
        let watcher = try rig.client("watcher", notify: watcherNotify)
        let result = try #require(watcher.loginResult)
        #expect(result.users.map(\.userID.rawValue) == (watcherNotify && subjectNotify ? ["subject"] : []))
        #expect(result.streams.map(\.streamID.rawValue) == ["voice"])
        #expect(result.streams.map(\.extraInfo.text) == ["x"])
        #expect(result.roomExtraInfo.map(\.value) == ["v"])
        #expect(try Self.heard(watcher) == [])
    }

    @Test("who comes back within the time is told what was missed, in order, and the others nothing")
    func resumed() throws {
        let rig = try SignalingRig()
        let watcher = try rig.client("watcher")
        let subject = try rig.client("subject")
        _ = try Self.heard(watcher)
        watcher.lose()
        try Self.act(subject)
        try watcher.reconnect()
        #expect(
            try watcher.resume().map(SignalingRigClient.words).filter { !$0.hasPrefix("count") } == [
                "stream add voice", "streaminfo voice=x", "roominfo k=v", "broadcast subject hi",
                "stream delete voice 1",
            ])
        #expect(try Self.heard(subject) == [])
    }
}
