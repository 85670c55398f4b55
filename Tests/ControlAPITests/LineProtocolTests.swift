import ControlAPI
import JSONRPC
import NIOCore
import RoomModel
import Synchronization
import Testing
import VoiceEngine

@Suite("Line protocol of the control socket")
struct LineProtocolTests {
    private let hello = #"{"jsonrpc":"2.0","id":1,"method":"hello"}"#

    @Test("No greeting: one request gives exactly one line, and then the server closes")
    func oneLine() async throws {
        try await ControlFixture.with { fixture in
            let client = try fixture.client()
            await client.send(hello)
            client.endInput()
            let lines = try await client.remainingLines()
            #expect(lines.count == 1)
            let result = try JSONValue(parsing: lines[0])["result"]
            #expect(result?["version"] == "9.9.9")
            #expect(result?["instance"] == "test-instance")
            #expect(result?["limits"]?["lineBytes"] == 1_048_576)
            #expect(result?["seq"] == 2)
        }
    }

    @Test("Byte by byte, several in one write, CR, blank lines, and no LF at the end")
    func framing() async throws {
        try await ControlFixture.with { fixture in
            let client = try fixture.client()
            for byte in (hello + "\n").utf8 { await client.send([byte]) }
            #expect(try await client.json()["id"] == 1)
            await client.send(Array("\r\n\n  \n\(hello)\r\n\(hello)\n\(hello)".utf8))
            client.endInput()
            #expect(try await client.remainingLines().count == 3)
        }
    }

    @Test("Malformed lines: one error line each, and the next request works")
    func malformed() async throws {
        let lines: [([UInt8], Int64)] = [
            (Array("{]".utf8), -32700), ([0x22, 0xFF, 0x22], -32700), (Array("{\"a\":\"\u{1}\"}".utf8), -32700),
            (Array("nonsense".utf8), -32700), (Array(String(repeating: "[", count: 65).utf8), -32700),
            ([0x31, 0x00], -32700), (Array("[]".utf8), -32600), (Array("1".utf8), -32600),
            (Array("null".utf8), -32600), (Array("{}".utf8), -32600), (Array("\"x\"".utf8), -32600),
            (Array(#"{"jsonrpc":"1.0","id":1,"method":"hello"}"#.utf8), -32600),
            (Array(#"{"jsonrpc":"2.0","id":{},"method":"hello"}"#.utf8), -32600),
            (Array(#"{"jsonrpc":"2.0","id":1,"method":7}"#.utf8), -32600),
            (Array(#"{"jsonrpc":"2.0","id":1,"result":7}"#.utf8), -32600),
            (Array(#"{"jsonrpc":"2.0","id":1,"method":"hello","params":[1]}"#.utf8), -32602),
            (Array(#"{"jsonrpc":"2.0","id":1,"method":"helo"}"#.utf8), -32601),
            (Array("[\(Array(repeating: "1", count: 65).joined(separator: ","))]".utf8), -32600),
        ]
        try await ControlFixture.with { fixture in
            let client = try fixture.client()
            for (line, code) in lines {
                await client.send(line + [0x0A])
                let answer = try await client.json()
                #expect(answer["error"]?["code"]?.integer == code, "\(String(decoding: line, as: UTF8.self))")
                #expect(try await client.call("hello", id: "again")["result"] != nil)
            }
        }
    }

    @Test("A line of 1 MiB is read; one byte more is one error, and the next line works")
    func longLines() async throws {
        try await ControlFixture.with { fixture in
            let client = try fixture.client()
            let limit = 1 << 20
            let head = #"{"jsonrpc":"2.0","id":5,"method":"hello","params":{"client":""#
            for (length, code) in [(limit, Int64(-32602)), (limit + 1, -32700), (3 * limit, -32700)] {
                let filler = String(repeating: "x", count: length - head.utf8.count - 3)
                await client.send(head + filler + #""}}"#)
                let answer = try await client.json()
                #expect(answer["error"]?["code"]?.integer == code)
                #expect(answer["id"] == (code == -32602 ? 5 : .null))
                #expect(try await client.call("hello")["result"] != nil)
            }
        }
    }

    @Test("A batch is answered as one array on one line; notifications in it are not")
    func batch() async throws {
        try await ControlFixture.with { fixture in
            let client = try fixture.client()
            await client.send(
                #"[\#(hello),1,{"jsonrpc":"2.0","method":"hello"},{"jsonrpc":"2.0","id":"x","method":"no"}]"#)
            let answer = try await client.json()
            #expect(answer.array?.count == 3)
            #expect(answer[0]?["id"] == 1)
            #expect(answer[1]?["error"]?["code"] == -32600)
            #expect(answer[2]?["error"]?["code"] == -32601)
            // A batch of notifications only gives nothing at all.
            await client.send(#"[{"jsonrpc":"2.0","method":"hello"}]"#)
            #expect(try await client.call("hello", id: 7)["id"] == 7)
        }
    }

    @Test("A notification is executed and never answered, not even with an error")
    func notifications() async throws {
        try await ControlFixture.with { fixture in
            let client = try fixture.client()
            await client.send(#"{"jsonrpc":"2.0","method":"muteMicrophone","params":{"mute":true}}"#)
            await client.send(#"{"jsonrpc":"2.0","method":"nothing"}"#)
            await client.send(#"{"jsonrpc":"2.0","method":"muteMicrophone","params":{"mute":1}}"#)
            #expect(try await client.call("hello", id: 3)["id"] == 3)
            #expect(try fixture.scripted.calls == ["muteMicrophone true"])
        }
    }

    @Test("Requests of one connection start in the order of arrival")
    func order() async throws {
        try await ControlFixture.with { fixture in
            let client = try fixture.client()
            let count = 500
            let lines = (0..<count).map {
                #"{"jsonrpc":"2.0","id":\#($0),"method":"setCaptureVolume","params":{"volume":\#($0 % 200)}}"#
            }
            await client.send(lines.joined(separator: "\n"))
            var ids: Set<Int64> = []
            for _ in 0..<count { ids.insert(try #require(try await client.json()["id"]?.integer)) }
            #expect(ids.count == count)
            #expect(try fixture.scripted.calls == (0..<count).map { "setCaptureVolume \($0 % 200)" })
        }
    }

    @Test("A call that waits does not hold up the others")
    func answersInAnotherOrder() async throws {
        try await ControlFixture.with { fixture in
            let engine = try fixture.scripted
            await engine.holdLogins()
            let client = try fixture.client()
            await client.send(
                #"{"jsonrpc":"2.0","id":"login","method":"loginRoom","params":{"roomID":"r","user":{"userID":"u"}}}"#)
            try await until("the login has begun") { engine.calls.count == 1 }
            #expect(try await client.call("status", id: "status")["result"]?["rooms"]?[0]?["reason"] == "logining")
            await engine.releaseLogins()
            let answer = try await client.json()
            #expect(answer["id"] == "login")
            #expect(answer["result"]?["errorCode"] == 0)
            #expect(answer["result"]?["extendedData"]?["roomSessionID"] == "s1")
            #expect(answer["result"]?["seq"] == 4)
        }
    }

    @Test("32 requests in flight; then nothing more is begun until one is answered")
    func inFlight() async throws {
        try await ControlFixture.with { fixture in
            let engine = try fixture.scripted
            await engine.holdLogins()
            let client = try fixture.client()
            let lines = (0..<40).map {
                #"{"jsonrpc":"2.0","id":\#($0),"method":"loginRoom","params":{"roomID":"r\#($0)","user":{"userID":"u"}}}"#
            }
            await client.send(lines.joined(separator: "\n"))
            try await until("32 logins begun") { engine.calls.count == 32 }
            // Another connection is not held up, and its answer shows that the daemon had time to begin a 33rd.
            #expect(try await fixture.client().call("hello")["result"] != nil)
            #expect(engine.calls.count == 32)
            await engine.releaseLogins()
            for _ in 0..<40 { _ = try await client.json() }
            #expect(engine.calls == (0..<40).map { "loginRoom r\($0)" })
        }
    }

    @Test("When wait runs out: -32002 with stillTrying")
    func waitExpired() async throws {
        try await ControlFixture.with { fixture in
            await (try fixture.scripted).holdLogins()
            let client = try fixture.client()
            let answer = try await client.call(
                "loginRoom", ["roomID": "r", "user": ["userID": "u"], "wait": 0.01])
            #expect(answer["error"]?["code"] == -32002)
            #expect(answer["error"]?["data"]?["stillTrying"] == true)
        }
    }

    @Test("Parameters are checked before anything happens, with path, expected and got")
    func parameters() async throws {
        let cases: [(String, JSONObject, String)] = [
            ("loginRoom", ["roomID": "r"], "user"), ("loginRoom", ["roomID": 5, "user": ["userID": "u"]], "roomID"),
            ("loginRoom", ["roomID": "r", "user": ["userID": "u", "name": "x"]], "user.name"),
            ("loginRoom", ["roomID": "r", "user": ["userID": "u"], "wait": 121], "wait"),
            ("loginRoom", ["roomID": "r", "user": ["userID": "u"], "wait": true], "wait"),
            ("loginRoom", ["roomID": "r", "user": ["userID": "u"], "wait": .null], "wait"),
            ("startPublishing", ["streamID": "s", "channel": "fifth"], "channel"),
            ("startPublishing", ["streamID": "s", "source": ["file": "a", "lop": true]], "source.lop"),
            ("startPublishing", ["streamID": "s", "source": "microphone"], "source"),
            ("startPlaying", ["streamID": "s", "bufferRange": ["minMs": 9, "maxMs": 5]], "bufferRange.maxMs"),
            ("setCaptureVolume", ["volume": 201], "volume"), ("setCaptureVolume", ["volume": 1.5], "volume"),
            ("subscribe", ["events": ["a", 1]], "events[1]"), ("hello", ["clint": "x"], "clint"),
            ("stopPublishing", ["streamID": "s", "channel": "main"], "channel"),
        ]
        try await ControlFixture.with { fixture in
            let client = try fixture.client()
            for (method, params, path) in cases {
                let error = try await client.call(method, params)["error"]
                #expect(error?["code"] == -32602, "\(method) \(params)")
                #expect(error?["data"]?["path"]?.string == path)
                #expect(error?["data"]?["expected"]?.string?.isEmpty == false)
                #expect(error?["data"]?["got"]?.string?.isEmpty == false)
            }
            #expect(try fixture.scripted.calls.isEmpty)
        }
    }

    @Test("Errors of the SDK carry its number, its name and a hint")
    func sdkErrors() async throws {
        try await ControlFixture.with { fixture in
            let client = try fixture.client()
            await (try fixture.scripted).failLogins(with: .init(.authenticationFailed))
            var error = try await client.call("loginRoom", ["roomID": "r", "user": ["userID": "u"]])["error"]
            #expect(error?["code"] == 1_002_033)
            #expect(error?["data"]?["name"] == "ROOM_ERROR_AUTHENTICATION_FAILED")
            #expect(error?["data"]?["hint"]?.string?.isEmpty == false)
            error = try await client.call("startPublishing", ["streamID": "no space"])["error"]
            #expect(error?["code"] == 1_000_016)
        }
        try await ControlFixture.with(createsEngine: false) { fixture in
            let client = try fixture.client()
            #expect(try await client.call("logoutRoom")["error"]?["code"] == 1_000_001)
            #expect(try await client.call("status")["result"]?["engine"]?["state"] == "none")
            #expect(try await client.call("createEngine")["result"]?["created"] == true)
            #expect(try await client.call("createEngineWithProfile")["result"]?["created"] == false)
            #expect(try await client.call("destroyEngine")["result"] != nil)
            #expect(try await client.call("status")["result"]?["engine"]?["state"] == "destroyed")
        }
    }

    @Test("An unknown method says which one was probably meant")
    func suggestions() async throws {
        try await ControlFixture.with { fixture in
            let client = try fixture.client()
            for (name, meant) in [
                ("loginRom", "loginRoom"), ("startPublishingStreem", "startPublishingStream"), ("STATUS", "status"),
                ("subscirbe", "subscribe"), ("xyzzy", nil),
            ] {
                let error = try await client.call(name)["error"]
                #expect(error?["code"] == -32601)
                #expect(error?["data"]?["suggestion"]?.string == meant, "\(name)")
            }
        }
    }

    @Test("End of input: pending replies are still written")
    func halfClose() async throws {
        try await ControlFixture.with { fixture in
            let engine = try fixture.scripted
            await engine.holdLogins()
            let client = try fixture.client()
            await client.send(
                #"{"jsonrpc":"2.0","id":1,"method":"loginRoom","params":{"roomID":"r","user":{"userID":"u"}}}"#)
            client.endInput()
            try await until("login begun") { engine.calls.count == 1 }
            await engine.releaseLogins()
            #expect(try await client.remainingLines().count == 1)
        }
    }

    @Test("A client that goes away in the middle of a call takes nobody with it")
    func disconnect() async throws {
        try await ControlFixture.with { fixture in
            let engine = try fixture.scripted
            await engine.holdLogins()
            do {
                let client = try fixture.client()
                await client.send(
                    #"{"jsonrpc":"2.0","id":1,"method":"loginRoom","params":{"roomID":"r","user":{"userID":"u"}}}"#)
                await client.send(#"{"jsonrpc":"2.0","id":2,"method":"subscribe"}"#)
                _ = try await client.json()
            }
            try await until("the connection is gone") { fixture.control.limiter.count == 0 }
            await engine.releaseLogins()
            #expect(try await fixture.client().call("hello")["result"] != nil)
            try await until("its subscription is gone") { fixture.log.counters.readers == 0 }
        }
    }

    @Test("rpc.discover tells of every method, and every method of it can be called by its parameters")
    func discover() async throws {
        try await ControlFixture.with { fixture in
            let client = try fixture.client()
            let document = try await client.call("rpc.discover")["result"]
            #expect(document?["openrpc"] == "1.3.2")
            let methods = try #require(document?["methods"]?.array)
            #expect(methods.count == 45)
            for method in methods {
                let name = try #require(method["name"]?.string)
                let error = try await client.call(name, ["noSuchKey": 1])["error"]
                #expect(error?["code"] == -32602, "\(name)")
                #expect(error?["data"]?["path"] == "noSuchKey", "\(name)")
            }
            let names = methods.compactMap { $0["name"]?.string }
            for name in ["enableAEC", "startRecording"] { #expect(names.contains(name)) }
            #expect(document?["x-events"]?.array?.contains { $0["name"] == "room-state" } == true)
        }
    }

    @Test("While the daemon stops, new requests are refused with -32000")
    func shuttingDown() async throws {
        try await ControlFixture.with { fixture in
            let client = try fixture.client()
            _ = try await client.call("hello")
            fixture.control.refuseRequests()
            try await until("requests are refused") { try await client.call("hello")["error"]?["code"] == -32000 }
        }
    }
}
