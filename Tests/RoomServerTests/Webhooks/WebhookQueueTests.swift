import JSONRPC
import RoomModel
import RoomServer
import Testing
import Transport

@Suite("The queue of webhooks")
struct WebhookQueueTests {
    private var queue = WebhookQueue(pausesMs: [2_000, 4_000])
    private var now = MonotonicTime.zero

    private func event(_ name: String) throws -> WebhookEvent {
        WebhookEvent(name: name, appID: try AppID(1), fields: [:])
    }

    private mutating func take() -> WebhookQueue.Delivery? { queue.take(now) }

    @Test("events go out in their order, four at once")
    mutating func order() throws {
        for number in 1...6 { #expect(queue.add(try event("\(number)"), now: now) == true) }
        let taken = (1...6).compactMap { _ in take() }
        #expect(taken.map(\.event.name) == ["1", "2", "3", "4"])
        #expect(queue.deadline == nil)
        #expect(queue.finished(taken[2].id, wasTaken: true, now: now) == true)
        #expect(take()?.event.name == "5")
        #expect(queue.count == 5)
        #expect(queue.counters.delivered == 1)
    }

    @Test("one that was not taken is tried again after its pauses, and does not hold up the others")
    mutating func retries() throws {
        _ = queue.add(try event("bad"), now: now)
        let firstDelivery = take()
        let first = try #require(firstDelivery)
        #expect(queue.finished(first.id, wasTaken: false, now: now) == true)
        _ = queue.add(try event("good"), now: now)
        #expect(take()?.event.name == "good")
        #expect(take() == nil)
        #expect(queue.deadline == now.advanced(byMilliseconds: 2000))
        now = now.advanced(byMilliseconds: 2000)
        let secondDelivery = take()
        let second = try #require(secondDelivery)
        #expect(second.event.name == "bad")
        #expect(queue.finished(second.id, wasTaken: false, now: now) == true)
        now = now.advanced(byMilliseconds: 3999)
        #expect(take() == nil)
        now = now.advanced(byMilliseconds: 1)
        let thirdDelivery = take()
        let third = try #require(thirdDelivery)
        // The pauses are used up.
        #expect(queue.finished(third.id, wasTaken: false, now: now) == false)
        #expect(queue.counters == WebhookCounters(delivered: 0, failures: 3, lost: 1))
    }

    @Test("what comes while it is full is lost")
    mutating func full() throws {
        for _ in 0..<WebhookQueue.capacity { #expect(queue.add(try event("e"), now: now) == true) }
        #expect(queue.add(try event("one more"), now: now) == false)
        #expect(queue.counters.lost == 1)
        let takenDelivery = take()
        let taken = try #require(takenDelivery)
        // What is under way counts too.
        #expect(queue.add(try event("one more"), now: now) == false)
        _ = queue.finished(taken.id, wasTaken: true, now: now)
        #expect(queue.add(try event("now"), now: now) == true)
    }
}
