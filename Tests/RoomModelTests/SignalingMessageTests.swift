import JSONRPC
import RoomModel
import Testing
import Transport

@Suite("Signalling messages")
struct SignalingMessageTests {
    private static func samples() throws -> [any SignalingMessage] {
        let user = try User(userID: UserID("user1"), userName: "Zoë")
        let room = try RoomID("room1")
        let streamID = try StreamID("stream1")
        let stream = StreamDescription(streamID: streamID, user: user, extraInfo: try StreamExtraInfo("hello"))
        let tracks = [
            NegotiatedTrack(mid: "0", use: .publish(streamID: streamID, roomID: room, extraInfo: .none)),
            NegotiatedTrack(mid: "1", use: .play(streamID: try StreamID("stream2"), roomID: nil)),
        ]
        return [
            Challenge(nonce: "n", serverTime: 1.5, version: "1.0.0"),
            LoginRequest(
                appID: try AppID(7), roomID: room, user: user,
                configuration: LoginConfiguration(isUserStatusNotify: true, maxMemberCount: 3),
                authentication: .proof("00")),
            LoginResult(
                sessionID: "s", resumeKey: "k", roomSessionID: "r", users: [user], streams: [stream],
                roomExtraInfo: [try RoomExtraInfo(key: "k", value: "v", updateUser: user, updateTime: 5)],
                iceServers: [ICEServer(urls: ["stun:h:1"], username: "u", credential: "c")], pingIntervalMs: 5000,
                departureTimeoutMs: 30000, limits: .standard, tokenRemainSeconds: 3),
            ResumeRequest(sessionID: "s", resumeKey: "k", lastSeq: 4),
            ResumeResult(notifications: [
                NumberedNotification(seq: 5, notification: .onlineUserCount(OnlineUserCount(roomID: room, count: 2))),
                NumberedNotification(seq: 6, notification: .reconnect(ReconnectAdvice(delayMs: 9))),
            ]),
            LogoutRequest(roomID: room), LogoutRequest(roomID: nil), NegotiateRequest(sdp: "v=0", tracks: tracks),
            NegotiateResult(
                sdp: "v=0",
                tracks: [
                    TrackOutcome(mid: "0", errorCode: .repetitivePublishStream),
                    TrackOutcome(mid: "1", errorCode: .success, live: true),
                ]), NegotiateResult(sdp: "v=0", tracks: [], iceServers: [ICEServer(urls: ["turn:h:1"])]),
            CandidateRequest(candidate: "candidate:1 1 udp 1 127.0.0.1 9 typ host", mid: "0", usernameFragment: "uf"),
            CandidateRequest(candidate: nil), UnpublishRequest(streamID: streamID), StopPlayRequest(streamID: streamID),
            MuteRequest(streamID: streamID, state: .mute), PingRequest(time: 12.25),
            PingResult(time: 12.25, serverTime: 1_700_000_000_000.125), EmptyResult(),
            UserUpdate(roomID: room, updateType: .add, userList: [user]), StreamUpdate(roomID: room, added: [stream]),
            StreamUpdate(roomID: room, deleted: [stream], reason: .heartbeatTimeout),
            OnlineUserCount(roomID: room, count: 3), RemoteMicState(streamID: streamID, state: .mute),
            KickOut(roomID: nil, errorCode: .kickedOut, reason: "elsewhere"),
            PublishState(streamID: streamID, state: .gone, errorCode: .publishFailed),
            PlayState(streamID: streamID, state: .live), ReconnectAdvice(delayMs: 500),
        ]
    }

    @Test("what is written is read back the same, through the text")
    func roundTrip() throws {
        func check<Message: SignalingMessage>(_ message: Message) throws {
            let text = message.json.serialized()
            #expect(try Message(json: JSONValue(parsing: text)) == message)
        }
        for message in try Self.samples() { try check(message) }
    }

    @Test("a server's clock that nobody can compute with is refused", arguments: ["1e300", "-1", "1e15"])
    func impossibleClock(text: String) throws {
        let value = try JSONValue(parsing: #"{"time":1,"serverTime":\#(text)}"#)
        #expect(throws: JSONShapeError.self) { _ = try PingResult(json: value) }
    }

    @Test("the shapes on the wire are those of the contract")
    func shapes() throws {
        let room = try RoomID("room1")
        let streamID = try StreamID("s")
        let user = User(userID: try UserID("u"))
        let deleted = StreamUpdate(
            roomID: room, deleted: [StreamDescription(streamID: streamID, user: user)], reason: .repeatedLogin)
        #expect(
            NumberedNotification(seq: 9, notification: .streamUpdate(deleted)).message.json.description
                == #"{"jsonrpc":"2.0","method":"streamUpdate","params":{"seq":9,"roomID":"room1","#
                + #""updateType":"delete","streamList":[{"streamID":"s","user":{"userID":"u","userName":"u"},"#
                + #""extraInfo":""}],"extendedData":{"stream_delete_reason":[{"streamID":"s","code":3}]}}}"#)
        #expect(
            NegotiateRequest(
                sdp: "x",
                tracks: [
                    NegotiatedTrack(mid: "0", use: .publish(streamID: streamID, roomID: room, extraInfo: .none)),
                    NegotiatedTrack(mid: "1", use: .play(streamID: streamID, roomID: nil)),
                ]
            ).json.description
                == #"{"sdp":"x","tracks":[{"mid":"0","publish":{"streamID":"s","roomID":"room1"}},"#
                + #"{"mid":"1","play":{"streamID":"s"}}]}"#)
    }

    @Test(
        "faulty requests are refused with the place of the fault",
        arguments: [
            ("login", #"{"roomID":"r","user":{"userID":"u"}}"#, "appID"),
            ("login", #"{"appID":1,"roomID":"r","user":{"userID":"u"},"extra":1}"#, "extra"),
            ("login", #"{"appID":1,"roomID":"r","user":{"userID":"u","name":"x"}}"#, "user.name"),
            ("login", #"{"appID":"1","roomID":"r","user":{"userID":"u"}}"#, "appID"),
            ("login", #"{"appID":1,"roomID":"r","user":{"userID":"u"},"auth":{}}"#, "auth"),
            ("login", #"{"appID":1,"roomID":"r","user":{"userID":"u"},"auth":{"proof":"a","token":"b"}}"#, "auth"),
            (
                "login", #"{"appID":1,"roomID":"r","user":{"userID":"u"},"config":{"maxMemberCount":-1}}"#,
                "config.maxMemberCount"
            ),
            ("negotiate", #"{"sdp":"","tracks":[{"mid":"0"}]}"#, "tracks[0]"),
            ("negotiate", #"{"sdp":"","tracks":[{"mid":"","play":{"streamID":"s"}}]}"#, "tracks[0].mid"),
            ("negotiate", #"{"sdp":"","tracks":[{"mid":"0","publish":{"streamID":"s"}}]}"#, "tracks[0].publish.roomID"),
            (
                "negotiate",
                #"{"sdp":"","tracks":[{"mid":"0","play":{"streamID":"s"}},{"mid":"0","play":{"streamID":"t"}}]}"#,
                "tracks"
            ),
            ("candidate", #"{"mid":"0"}"#, ""),
            ("mute", #"{"streamID":"s","state":"loud"}"#, "state"),
            ("resume", #"{"sessionID":"s","resumeKey":"k","lastSeq":-1}"#, "lastSeq"),
            ("ping", #"[1]"#, ""),
        ])
    func faults(method: String, params: String, path: String) throws {
        #expect {
            _ = try SignalingCall(method: method, params: JSONValue(parsing: params))
        } throws: { error in
            (error as? JSONShapeError)?.path == path
        }
    }

    @Test("identifiers out of bounds have the SDK's number")
    func identifierFaults() throws {
        #expect(throws: ZegoError(.roomIDInvalidCharacter)) {
            try SignalingCall(
                method: "login", params: ["appID": 1, "roomID": "a b", "user": ["userID": "u"]])
        }
        #expect(throws: ZegoError(.streamIDNull)) {
            try SignalingCall(method: "unpublish", params: ["streamID": ""])
        }
        #expect {
            try NegotiateRequest(json: ["sdp": .string(String(repeating: "x", count: 65_537)), "tracks": []])
        } throws: { ($0 as? JSONShapeError)?.path == "sdp" }
        #expect(try SignalingCall(method: "nothing", params: [:]) == nil)
    }

    @Test("a newer server's words are passed over: unknown methods, unknown members")
    func newerServer() throws {
        let unknown = try NumberedNotification(method: "weather", params: ["seq": 3, "sun": true])
        #expect(unknown == NumberedNotification(seq: 3, notification: .unknown(method: "weather")))
        let count = try NumberedNotification(
            method: "onlineUserCount", params: ["seq": 4, "roomID": "r", "count": 2, "new": 1])
        #expect(count.notification == .onlineUserCount(OnlineUserCount(roomID: try RoomID("r"), count: 2)))
    }

    @Test("whatever is done to a message, reading it gives a message or a typed error")
    func mutations() throws {
        var random = RandomSource.seeded(20_260_105)
        let methods = [
            "login", "resume", "logout", "negotiate", "candidate", "unpublish", "stopPlay", "mute", "ping",
            "userUpdate",
            "streamUpdate", "onlineUserCount", "remoteMicState", "kickOut", "publishState", "playState", "reconnect",
        ]
        let samples = try Self.samples().map(\.json)
        for _ in 0..<3000 {
            guard let sample = samples.randomElement(using: &random), let method = methods.randomElement(using: &random)
            else { continue }
            let damaged = Self.damage(sample, &random)
            do {
                if let call = try SignalingCall(method: method, params: damaged) {
                    #expect(call == call)
                }
                _ = try NumberedNotification(method: method, params: damaged)
            } catch is JSONShapeError {
            } catch is ZegoError {
            }
        }
    }

    /// Replaces, removes or adds something somewhere in the value.
    private static func damage(_ value: JSONValue, _ random: inout RandomSource) -> JSONValue {
        let junk: [JSONValue] = [
            nil, true, -1, 0, .integer(.max), .number(0.5), .number(1e300), "", "\u{0}", "x y", [], [:], [[]],
            .string(String(repeating: "x", count: 300)),
        ]
        let replacement = junk.randomElement(using: &random) ?? nil
        switch value {
        case .object(var object) where !object.isEmpty && Int.random(in: 0..<4, using: &random) > 0:
            guard let key = object.keys.randomElement(using: &random), let member = object[key] else { return value }
            switch Int.random(in: 0..<4, using: &random) {
            case 0: object[key] = nil
            case 1: object["seq"] = replacement
            default: object[key] = damage(member, &random)
            }
            return .object(object)
        case .array(var elements) where !elements.isEmpty:
            let index = Int.random(in: 0..<elements.count, using: &random)
            elements[index] = damage(elements[index], &random)
            return .array(elements)
        default: return replacement
        }
    }
}
