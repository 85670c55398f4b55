import ControlAPI
import JSONRPC
import Synchronization
import Testing
import VoiceEngine

@Suite("Event log")
struct EventLogTests {
    private let source: StatusSource = { StatusBase(status: ["rooms": []], lastSeq: .max) }

    private func state(_ number: Int) -> EngineEvent {
        .publisherState(streamID: "s\(number)", state: .publishing, errorCode: 0, extendedData: [:])
    }

    private func level(_ captured: Double) -> EngineEvent { .soundLevel(captured: captured, remote: [:]) }

    private func subscribe(
        _ log: EventLog, _ adjust: (inout SubscriptionOptions) -> Void = { _ in }, snapshot: Bool = false,
        style: EventLineStyle = .notification
    ) -> EventLog.Start {
        var options = SubscriptionOptions(style: style)
        adjust(&options)
        return log.subscribe(options, wantsSnapshot: snapshot, source: source, wake: {})
    }

    /// All lines that wait, as the events in them.
    private func drain(_ subscription: EventSubscription) throws -> [JSONValue] {
        var events: [JSONValue] = []
        while let lines = subscription.nextLines() {
            for line in lines.split(separator: 0x0A) {
                let json = try JSONValue(parsing: line)
                events.append(json["params"] ?? json)
            }
        }
        return events
    }

    @Test("Reliable events are numbered without gaps; volatile ones take the number of the last reliable one")
    func numbering() throws {
        let log = EventLog(instance: "i")
        let subscription = subscribe(log).subscription
        #expect(log.append(level(1)) == 0)
        #expect(log.append(state(1)) == 1)
        #expect(log.append(level(2)) == 1)
        #expect(log.append(state(2)) == 2)
        let events = try drain(subscription)
        #expect(events.map { $0["seq"] } == [1, 1, 2])
        #expect(events.map { $0["n"] } == [1, 2, 3])
        #expect(events.allSatisfy { $0["instance"] == "i" && $0["time"]?.string?.count == 27 })
    }

    @Test("The line of the event socket is the bare object, in the contract's order")
    func bareLine() throws {
        let log = EventLog(instance: "9f2c", clock: { 1_767_605_400_123_456 })
        let subscription = subscribe(log, style: .object).subscription
        log.append(.roomState(roomID: "room1", reason: .logined, errorCode: 0, extendedData: [:]))
        let line = try #require(subscription.nextLines())
        #expect(
            String(decoding: line, as: UTF8.self)
                == #"{"seq":1,"instance":"9f2c","time":"2026-01-05T09:30:00.123456Z","event":"room-state","#
                + #""roomID":"room1","reason":"logined","errorCode":0,"extendedData":{}}"# + "\n")
    }

    @Test("A volatile event replaces the one that waits, and goes behind the reliable ones")
    func latestWins() throws {
        let log = EventLog(instance: "i")
        let subscription = subscribe(log).subscription
        log.append(level(1))
        log.append(state(1))
        log.append(level(2))
        log.append(.publisherQuality(streamID: "a", quality: .init(kbps: 1, rttMs: nil, packetLostRate: 0)))
        log.append(.publisherQuality(streamID: "b", quality: .init(kbps: 2, rttMs: nil, packetLostRate: 0)))
        log.append(.publisherQuality(streamID: "a", quality: .init(kbps: 3, rttMs: nil, packetLostRate: 0)))
        let events = try drain(subscription)
        #expect(
            events.map { $0["event"]?.string } == [
                "publisher-state", "sound-level", "publisher-quality", "publisher-quality",
            ])
        #expect(events[1]["captured"]?.double == 2)
        #expect(events[2]["streamID"] == "b")
        #expect(events[3]["kbps"]?.double == 3)
        #expect(events.map { $0["n"] } == [1, 2, 3, 4])
    }

    @Test("Over the limit volatile events go first; then all, told by overflow and a snapshot, and by a gap in n")
    func overflow() throws {
        var limits = EventLog.Limits()
        limits.queuedLines = 4
        let log = EventLog(instance: "i", limits: limits)
        let subscription = subscribe(log).subscription
        log.append(level(1))
        for number in 1...4 { log.append(state(number)) }
        #expect(try drain(subscription).map { $0["event"]?.string } == Array(repeating: "publisher-state", count: 4))
        for number in 5...9 { log.append(state(number)) }
        log.append(state(10))
        log.append(level(2))
        let events = try drain(subscription)
        #expect(events.map { $0["event"]?.string } == ["overflow", "snapshot"])
        #expect(events[0]["dropped"] == 6)
        #expect(events[0]["lastSeq"] == 4)
        #expect(events[0]["seq"] == 10)
        #expect(events[1]["status"]?["seq"] == 10)
        #expect(events.map { $0["n"] } == [11, 12])
        log.append(state(11))
        #expect(try drain(subscription).map { $0["seq"] } == [11])
        subscription.cancel()
        #expect(log.counters.dropped == 6)
        #expect(log.counters.readers == 0)
    }

    @Test("Bytes are bounded too")
    func overflowByBytes() throws {
        var limits = EventLog.Limits()
        limits.queuedBytes = 2000
        let log = EventLog(instance: "i", limits: limits)
        let subscription = subscribe(log).subscription
        let info = String(repeating: "x", count: 700)
        for _ in 0..<3 { log.append(.debugError(code: 1, function: "f", info: info)) }
        #expect(try drain(subscription).first?["event"] == "overflow")
    }

    @Test("A filter lets through what matches; n counts only that")
    func filter() throws {
        let log = EventLog(instance: "i")
        let subscription = subscribe(log) { $0.filter = EventFilter(patterns: ["room-*", "*-quality"]) }.subscription
        log.append(state(1))
        log.append(.roomState(roomID: "r", reason: .logining, errorCode: 0, extendedData: [:]))
        log.append(state(2))
        log.append(.networkQuality(userID: "", upstream: .good, downstream: .good))
        let events = try drain(subscription)
        #expect(events.map { $0["event"]?.string } == ["room-state", "network-quality"])
        #expect(events.map { $0["seq"] } == [2, 3])
        #expect(events.map { $0["n"] } == [1, 2])
    }

    @Test("since goes on after the last event seen, from the ring")
    func since() throws {
        var limits = EventLog.Limits()
        limits.ring = 5
        limits.queuedLines = 2
        let log = EventLog(instance: "i", limits: limits)
        for number in 1...8 { log.append(state(number)) }
        func resume(_ instance: String, _ seq: UInt64) -> EventLog.Start {
            subscribe(log) { $0.since = .init(instance: instance, seq: seq) }
        }
        // The ring has 4…8; what is replayed does not count against the queue's limits.
        let resumed = resume("i", 3)
        #expect(resumed.resumed)
        #expect(resumed.seq == 3)
        #expect(resumed.snapshot == nil)
        log.append(state(9))
        #expect(try drain(resumed.subscription).map { $0["seq"] } == [4, 5, 6, 7, 8, 9])
        #expect(resume("i", 9).resumed)
        for start in [resume("i", 2), resume("other", 8), resume("i", 99)] {
            #expect(!start.resumed)
            #expect(start.seq == 9)
            #expect(start.snapshot?["seq"] == 9)
            #expect(try drain(start.subscription).isEmpty)
        }
    }

    @Test("Volatile events are thinned out where that was asked for")
    func interval() throws {
        let now = Mutex<Int64>(1_000_000)
        let log = EventLog(instance: "i", clock: { now.withLock { $0 } })
        let subscription = subscribe(log) { $0.soundLevelInterval = 200_000 }.subscription
        var levels: [Double?] = []
        for step in 0..<6 {
            log.append(level(Double(step)))
            levels += try drain(subscription).map { $0["captured"]?.double }
            now.withLock { $0 += 100_000 }
        }
        #expect(levels == [0, 2, 4])
    }

    @Test("A bookmark tells the number, and comes only into silence")
    func bookmark() throws {
        let log = EventLog(instance: "i")
        let subscription = subscribe(log).subscription
        log.append(state(1))
        #expect(subscription.bookmarkLine() == nil)
        _ = try drain(subscription)
        let line = try #require(subscription.bookmarkLine())
        let event = try JSONValue(parsing: line.dropLast())["params"]
        #expect(event?["event"] == "bookmark")
        #expect(event?["seq"] == 1)
        #expect(event?["n"] == 2)
    }

    @Test("The snapshot and the start are one moment, whoever writes meanwhile")
    func oneMoment() async throws {
        let log = EventLog(instance: "i")
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<2 { group.addTask { for number in 0..<2000 { log.append(state(number)) } } }
            group.addTask {
                for _ in 0..<50 {
                    let start = subscribe(log, snapshot: true)
                    guard let first = start.subscription.nextLines()?.split(separator: 0x0A).first else { continue }
                    let event = try? JSONValue(parsing: first)["params"]
                    #expect(event?["seq"]?.integer == Int64(start.seq) + 1)
                    #expect(start.snapshot?["seq"]?.integer == Int64(start.seq))
                    start.subscription.cancel()
                }
            }
        }
        #expect(log.lastSeq == 4000)
    }

    @Test("Upto a number: what has to be written before a reply, and no more")
    func limit() throws {
        let log = EventLog(instance: "i")
        let subscription = subscribe(log).subscription
        for number in 1...3 { log.append(state(number)) }
        #expect(subscription.nextLines(upTo: 0) == nil)
        #expect(subscription.nextLines(upTo: 2)?.split(separator: 0x0A).count == 2)
        #expect(subscription.nextLines(upTo: 2) == nil)
        #expect(subscription.nextLines() != nil)
    }

    @Test("Many that wait are given out in portions, in order, none twice")
    func portions() throws {
        let log = EventLog(instance: "i")
        let subscription = subscribe(log).subscription
        for number in 1...300 { log.append(state(number)) }
        var portions: [Int] = []
        var next: Int64 = 1
        while let lines = subscription.nextLines() {
            portions.append(lines.count)
            for line in lines.split(separator: 0x0A) {
                #expect(try JSONValue(parsing: line)["params"]?["seq"]?.integer == next)
                next += 1
            }
        }
        #expect(next == 301)
        #expect(portions.count > 3 && portions.count < 30 && portions.allSatisfy { $0 < 10_000 })
    }

    @Test("One wake-up for a burst, the next after the reader has come")
    func wake() {
        let count = Mutex(0)
        let log = EventLog(instance: "i")
        let start = log.subscribe(
            SubscriptionOptions(style: .object), wantsSnapshot: false, source: source,
            wake: { count.withLock { $0 += 1 } })
        for number in 0..<10 { log.append(state(number)) }
        #expect(count.withLock { $0 } == 1)
        while start.subscription.nextLines() != nil {}
        log.append(state(1))
        #expect(count.withLock { $0 } == 2)
    }

    @Test(
        "Globs",
        arguments: [
            ("*", "room-state", true), ("room-*", "room-state", true), ("room-*", "stream-update", false),
            ("*-state", "room-state", true), ("*o*-s*e", "room-state", true), ("room-stat?", "room-state", true),
            ("room-stat?", "room-states", false), ("", "room-state", false), ("", "", true), ("***", "", true),
            ("a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa", false), ("room-state", "room-state", true),
        ])
    func globs(pattern: String, name: String, matches: Bool) {
        #expect(EventFilter(patterns: [pattern]).matches(name) == matches)
    }

    @Test(
        "Time is RFC 3339 in UTC with microseconds",
        arguments: [
            (Int64(0), "1970-01-01T00:00:00.000000Z"), (1_767_605_400_123_456, "2026-01-05T09:30:00.123456Z"),
            (951_782_400_000_001, "2000-02-29T00:00:00.000001Z"), (-1, "1969-12-31T23:59:59.999999Z"),
        ])
    func time(microseconds: Int64, text: String) {
        #expect(EventTime.text(microseconds: microseconds) == text)
    }
}
