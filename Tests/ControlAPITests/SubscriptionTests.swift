import ControlAPI
import JSONRPC
import NIOCore
import Testing
import VoiceEngine

@Suite("Subscriptions over the sockets")
struct SubscriptionTests {
    private func login(_ id: Int) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"loginRoom","params":{"roomID":"r","user":{"userID":"u"}}}"#
    }

    private func event(_ number: Int) -> EngineEvent {
        .publisherState(streamID: "s\(number)", state: .publishing, errorCode: 0, extendedData: [:])
    }

    @Test("The result comes before any event, and a call's result after the events that it caused")
    func order() async throws {
        try await ControlFixture.with { fixture in
            let client = try fixture.client()
            await client.send(
                #"{"jsonrpc":"2.0","id":1,"method":"subscribe","params":{"snapshot":true}}"# + "\n" + login(2))
            let result = try await client.json()["result"]
            #expect(result?["instance"] == "test-instance")
            #expect(result?["seq"] == 2)
            #expect(result?["resumed"] == false)
            #expect(result?["snapshot"]?["seq"] == 2)
            #expect(result?["snapshot"]?["engine"]?["state"] == "running")
            for (seq, reason) in [(3, "logining"), (4, "logined")] {
                let notification = try await client.json()
                #expect(notification["method"] == "event")
                #expect(notification["params"]?["seq"]?.integer == Int64(seq))
                #expect(notification["params"]?["n"]?.integer == Int64(seq - 2))
                #expect(notification["params"]?["reason"]?.string == reason)
            }
            #expect(try await client.json()["result"]?["seq"] == 4)
        }
    }

    @Test("Many calls of a subscriber: each result follows its events")
    func resultsAfterEvents() async throws {
        try await ControlFixture.with { fixture in
            let client = try fixture.client()
            _ = try await client.call("subscribe", ["events": ["publisher-state"]])
            let lines = (0..<100).map {
                #"{"jsonrpc":"2.0","id":\#($0),"method":"startPublishing","params":{"streamID":"s\#($0)"}}"#
            }
            await client.send(lines.joined(separator: "\n"))
            var lastSeq: Int64 = 0
            for _ in 0..<200 {
                let line = try await client.json()
                if let seq = line["params"]?["seq"]?.integer {
                    #expect(seq == (lastSeq == 0 ? seq : lastSeq + 1))
                    lastSeq = seq
                } else {
                    #expect(try #require(line["result"]?["seq"]?.integer) <= lastSeq)
                }
            }
        }
    }

    @Test("A second subscription replaces the first, unsubscribe ends it, end of input does not")
    func replaceAndEnd() async throws {
        try await ControlFixture.with { fixture in
            let client = try fixture.client()
            _ = try await client.call("subscribe", ["events": ["player-*"]])
            _ = try await client.call("subscribe", ["events": ["publisher-*"]], id: 2)
            #expect(fixture.log.counters.readers == 1)
            fixture.log.append(.playerState(streamID: "p", state: .playing, errorCode: 0, extendedData: [:]))
            fixture.log.append(event(1))
            #expect(try await client.json()["params"]?["streamID"] == "s1")
            client.endInput()
            fixture.log.append(event(2))
            #expect(try await client.json()["params"]?["n"] == 2)

            let other = try fixture.client()
            _ = try await other.call("subscribe")
            _ = try await other.call("unsubscribe", id: 2)
            fixture.log.append(event(3))
            other.endInput()
            #expect(try await other.remainingLines().isEmpty)
        }
    }

    @Test("A client that goes before it has read the result of subscribe leaves no subscription behind")
    func goesBeforeTheResult() async throws {
        try await ControlFixture.with { fixture in
            var client: TestClient? = try fixture.client()
            // More than the socket and the writer hold, so that the result waits.
            let lines = (1...12).map { #"{"jsonrpc":"2.0","id":\#($0),"method":"rpc.discover"}"# }
            await client?.send(lines.joined(separator: "\n"))
            await client?.send(#"{"jsonrpc":"2.0","id":13,"method":"subscribe"}"#)
            try await until("the subscription has begun") { fixture.log.counters.readers == 1 }
            client = nil
            try await until("it has ended") { fixture.log.counters.readers == 0 }
        }
    }

    @Test("since: a client that comes back gets what it missed; of another instance it gets a snapshot")
    func since() async throws {
        try await ControlFixture.with { fixture in
            for number in 0..<3 { fixture.log.append(event(number)) }
            let client = try fixture.client()
            let result = try await client.call("subscribe", ["since": ["instance": "test-instance", "seq": 3]])[
                "result"]
            #expect(result?["resumed"] == true)
            #expect(result?["seq"] == 3)
            #expect(result?["snapshot"] == nil)
            #expect(try await client.json()["params"]?["seq"] == 4)
            #expect(try await client.json()["params"]?["seq"] == 5)
            let fresh = try await client.call("subscribe", ["since": ["instance": "x", "seq": 3]], id: 2)["result"]
            #expect(fresh?["resumed"] == false)
            #expect(fresh?["seq"] == 5)
            #expect(fresh?["snapshot"]?["seq"] == 5)
        }
    }

    @Test("The event socket: a snapshot line, then every event; what is written to it is ignored")
    func eventSocket() async throws {
        try await ControlFixture.with { fixture in
            let reader = try fixture.reader()
            await reader.send("whatever")
            reader.endInput()
            let snapshot = try await reader.json()
            #expect(snapshot["event"] == "snapshot")
            #expect(snapshot["seq"] == 2)
            #expect(snapshot["status"]?["engine"]?["state"] == "running")
            #expect(snapshot["n"] == nil)
            fixture.log.append(event(1))
            let line = try await reader.json()
            #expect(line["seq"] == 3)
            #expect(line["event"] == "publisher-state")
        }
    }

    @Test("A bookmark comes into silence, on both sockets")
    func bookmarks() async throws {
        try await ControlFixture.with(adjust: { $0.limits.silence = .milliseconds(100) }) { fixture in
            let reader = try fixture.reader()
            _ = try await reader.json()
            for _ in 0..<2 {
                let bookmark = try await reader.json()
                #expect(bookmark["event"] == "bookmark")
                #expect(bookmark["seq"] == 2)
            }
            let client = try fixture.client()
            _ = try await client.call("subscribe")
            #expect(try await client.json()["params"]?["event"] == "bookmark")
        }
    }

    @Test("A reader that falls behind is told by overflow and a snapshot, and holds up nobody")
    func slowReader() async throws {
        // How long it may take nothing is another test's matter; on a busy machine this one takes its time.
        try await ControlFixture.with(adjust: { $0.limits.stall = .seconds(120) }) { fixture in
            let slow = try fixture.reader()
            let quick = try fixture.reader()
            _ = try await quick.json()
            // More than the socket's buffers and the queue of 1 MiB can hold.
            let info = String(repeating: "x", count: 4000)
            let count = 1000
            for number in 0..<count {
                fixture.log.append(.debugError(code: number, function: "f", info: info))
                #expect(try await quick.json()["code"]?.integer == Int64(number))
            }
            var last: JSONValue = .null
            var overflow: JSONValue?
            while last["seq"]?.integer != Int64(count + 2) || overflow == nil {
                let event = try await slow.json()
                if event["event"] == "overflow" {
                    overflow = event
                    #expect(event["lastSeq"] == last["seq"])
                    let snapshot = try await slow.json()
                    #expect(snapshot["event"] == "snapshot")
                    #expect(
                        try #require(event["dropped"]?.integer)
                            == #require(snapshot["seq"]?.integer) - #require(last["seq"]?.integer))
                    last = snapshot
                } else {
                    last = event
                }
            }
            fixture.log.append(event(1))
            #expect(try await slow.json()["event"] == "publisher-state")
        }
    }

    @Test("A reader that takes nothing is cut off; one that reads slowly is not")
    func stalledReader() async throws {
        try await ControlFixture.with(adjust: { $0.limits.stall = .milliseconds(500) }) { fixture in
            let stalled = try fixture.reader()
            let client = try fixture.client()
            _ = try await client.call("subscribe")
            try await until("the stalled reader is connected") { fixture.log.counters.readers == 2 }
            let info = String(repeating: "x", count: 4000)
            for number in 0..<400 {
                fixture.log.append(.debugError(code: number, function: "f", info: info))
                #expect(try await client.json()["params"]?["code"]?.integer == Int64(number))
            }
            try await until("it is cut off") { fixture.events.limiter.count == 0 }
            #expect(stalled.descriptor >= 0)
            // The other reader had as much to take, and is still there.
            #expect(try await client.call("hello", id: 9)["result"] != nil)
        }
    }

    @Test("A client that asks and never reads is bounded, and its requests wait")
    func neverReads() async throws {
        try await ControlFixture.with { fixture in
            let client = try fixture.client()
            let line = Array((#"{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}"# + "\n").utf8)
            var sent = 0
            // Fill until the daemon takes no more: it stops reading when its replies are not taken.
            try await until("the daemon stops reading") {
                var progress = false
                for _ in 0..<200 where client.sendWithoutWaiting(line) == line.count {
                    sent += 1
                    progress = true
                }
                return !progress && sent > 100
            }
            #expect(try await fixture.client().call("hello")["result"] != nil)
        }
    }
}
