import ControlAPI
import Glibc
import JSONRPC
import RoomModel
import Testing

@Suite("What the command line shows")
struct CommandLineTests {
    static let status: JSONValue = [
        "instance": "i", "seq": 41, "version": "1.0.0", "uptimeSeconds": 93_784,
        "engine": ["state": "running", "appID": 1_234_567_890, "server": "embedded"],
        "rooms": [
            [
                "roomID": "room1", "reason": "reconnected", "errorCode": 0, "user": ["userID": "user1"],
                "userList": [["userID": "user2"], ["userID": "user3"]], "streamList": [["streamID": "stream2"]],
            ]
        ],
        "publishers": [
            [
                "streamID": "stream1", "state": "publishing", "errorCode": 0, "source": "device", "muted": false,
                "quality": ["kbps": 34.2, "rttMs": 1.1, "packetLostRate": 0.013],
            ]
        ],
        "players": [
            [
                "streamID": "a-stream-with-a-name-that-is-much-too-long", "state": "playing", "errorCode": 0,
                "volume": 100,
                "muted": false,
                "quality": [
                    "kbps": 33.9, "rttMs": 1.1, "packetLostRate": 0.0, "jitterBufferMs": 20, "endToEndMs": 48,
                    "mos": 4.4,
                ],
            ], ["streamID": "s3", "state": "no-play", "errorCode": 1_004_001, "muted": true],
        ],
        "audio": [
            "input": ["deviceID": "default", "state": "running"], "output": ["deviceID": "null", "state": "running"],
            "realtime": true, "xruns": 2,
            "delayMs": ["capture": 10, "encode": 26.5, "network": 0.6, "buffer": 17.5, "decode": 2.5, "playback": 20],
        ],
        "network": ["local": "127.0.0.1:40312", "remote": "127.0.0.1:8790", "ice": "connected", "relay": false],
        "server": ["enabled": true, "listen": "127.0.0.1:8790", "rooms": 1, "users": 2, "streams": 2],
    ]

    @Test(
        "top fits its columns and lines, and shows rooms, streams, levels, loss, delay and threads",
        arguments: [80, 100, 40])
    func top(width: Int) {
        var screen = TopScreen(isUTF8: false)
        screen.status = Self.status
        screen.capturedLevel = 50
        screen.remoteLevels = ["s3": 100]
        screen.threads = [("zego-audio", 2.14), ("zego-media", 0.4)]
        let lines = screen.lines(width: width, height: 100)
        for line in lines { #expect(line.count <= width, "\(line)") }
        guard width >= 80 else { return }
        let text = lines.joined(separator: "\n")
        for word in [
            "up 1d 2:03:04", "room1 reconnected as user1, 2 others, 1 streams", "##########..........", "34.2", "1.3",
            "48",
            "4.4", "1004001", "user2, user3", "zego-audio 2.1 %", "xruns 2", "no-play",
        ] {
            #expect(text.contains(word), "\(word) in\n\(text)")
        }
        #expect(screen.lines(width: width, height: 6).count == 6)
        #expect(screen.lines(width: width, height: 6).last?.contains("more lines") == true)
        #expect(TopScreen(isUTF8: false).lines(width: 80, height: 24).count > 0, "before the first status")
    }

    @Test("Threads: names with spaces and parentheses, numbers at the end put together, percent of a processor")
    func threads() {
        func line(_ name: String, _ user: Int, _ system: Int) -> String {
            "12 (\(name)) S 1 1 1 0 -1 4194368 0 0 0 0 \(user) \(system) 0 0 -51 0 8 0 100 0 0"
        }
        var before = ThreadTimes()
        before.add(line("zego-audio", 100, 50), ticksPerSecond: 100)
        var after = ThreadTimes()
        after.add(line("zego-audio", 120, 60), ticksPerSecond: 100)
        for index in 0..<3 { after.add(line("forwarder-\(index)", 1, 0), ticksPerSecond: 100) }
        after.add(line("a (b) c", 5, 0), ticksPerSecond: 100)
        after.add(line("NIO-SGLTN-0-#1", 2, 0), ticksPerSecond: 100)
        after.add("nonsense", ticksPerSecond: 100)
        let percent = after.percent(since: before, elapsed: 2)
        #expect(percent.map(\.name) == ["zego-audio", "a (b) c", "forwarder", "event loops"])
        #expect(percent[0].percent.rounded() == 15)
        #expect(!ThreadTimes(processID: Int(getpid())).seconds.isEmpty)
        #expect(ThreadTimes(processID: 0).seconds.isEmpty)
    }

    @Test("wait: what is so already counts, fields are found in lists, and a wrong condition is refused")
    func conditions() throws {
        let past = PresentState.events(of: Self.status)
        func isPast(_ name: String, _ fields: String...) throws -> Bool {
            let condition = try EventCondition(name: name, fields: fields)
            return past.contains(where: condition.matches)
        }
        #expect(try isPast("room-state", "reason=logined", "roomID=room1"))
        #expect(try isPast("room-state", "reason=reconnected"))
        #expect(try !isPast("room-state", "roomID=room2"))
        #expect(try isPast("user-update", "updateType=add", "userList=user3"))
        #expect(try isPast("stream-update", "streamList=stream2"))
        #expect(try isPast("publisher-state", "streamID=stream1", "state=publishing"))
        #expect(try isPast("player-*", "errorCode=1004001"))
        #expect(try isPast("device-state", "type=input", "state=running"))
        #expect(try isPast("engine-state", "state=running"))
        #expect(try !isPast("sound-level"))
        #expect(throws: CallArgumentError.self) { try EventCondition(name: "x", fields: ["y"]) }
        let nested = try EventCondition(name: "room-state", fields: ["extendedData.roomSessionID=s1"])
        #expect(nested.matches(["event": "room-state", "extendedData": ["roomSessionID": "s1"]]))
        #expect(!nested.matches(["event": "room-state"]))
    }

    @Test("Events as people read them")
    func events() {
        func line(_ event: JSONObject) -> String {
            EventText.line(.object(event.merging(["time": "2026-01-05T09:30:00.123456Z", "seq": 4])))
        }
        #expect(
            line(["event": "room-state", "roomID": "r", "reason": "kick-out", "errorCode": 1_002_050])
                == "09:30:00.123  room-state            r kick-out, 1002050 \(ZegoErrorCode.kickedOut.name)")
        #expect(
            line([
                "event": "user-update", "roomID": "r", "updateType": "add",
                "userList": [["userID": "a"], ["userID": "b"]],
            ])
            .hasSuffix("r + a, b"))
        #expect(
            line(["event": "player-quality", "streamID": "s", "kbps": 33.9, "packetLostRate": 0.0123, "mos": 4.4])
                .hasSuffix("s  33.9 kb/s, loss 1.2 %, MOS 4.4"))
        #expect(line(["event": "snapshot", "status": Self.status]).contains("room1 reconnected"))
        #expect(line(["event": "sound-level", "captured": 12, "remote": ["s": 40]]).hasSuffix("captured 12  s 40"))
        #expect(line(["event": "new-event", "x": "y"]).hasSuffix("x=y"))
    }
}
