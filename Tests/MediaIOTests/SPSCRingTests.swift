import Glibc
import MediaIO
import Testing
import Transport

private struct FrameHeader: BitwiseCopyable, Sendable {
    var number: UInt64
    var length: Int32
}

/// What the audio thread does with a ring: that this compiles is the proof that it may.
@_noAllocation @_noLocks
private func writeFrame(
    _ producer: SPSCRing.Producer, number: UInt64, length: Int32, wakeUp: EventFD.Signaller
) -> Bool {
    guard let slot = producer.reserve() else { return false }
    slot.header.storeBytes(of: FrameHeader(number: number, length: length), as: FrameHeader.self)
    for index in 0..<Int(length) {
        slot.payload[index] = UInt8(truncatingIfNeeded: number &+ UInt64(index))
    }
    producer.commit()
    wakeUp.signal()
    return true
}

@_noAllocation @_noLocks
private func readFrame(_ consumer: SPSCRing.Consumer, expecting number: UInt64) -> Bool? {
    guard let slot = consumer.peek() else { return nil }
    let header = slot.header.load(as: FrameHeader.self)
    var good = header.number == number
    for index in 0..<Int(header.length) {
        good = good && slot.payload[index] == UInt8(truncatingIfNeeded: number &+ UInt64(index))
    }
    consumer.release()
    return good
}

@Suite struct SPSCRingTests {
    @Test func keepsOrderAndRefusesWhenFull() throws {
        let ring = SPSCRing(header: FrameHeader.self, capacity: 5, payloadCapacity: 100)
        let wakeUp = try EventFD()
        #expect(ring.capacity == 8)
        for number in 0..<8 {
            #expect(writeFrame(ring.producer, number: UInt64(number), length: 100, wakeUp: wakeUp.signaller))
        }
        #expect(!writeFrame(ring.producer, number: 8, length: 1, wakeUp: wakeUp.signaller))
        #expect(ring.count == 8)
        #expect(wakeUp.take() == 8)
        #expect(wakeUp.take() == 0)
        for number in 0..<8 {
            #expect(readFrame(ring.consumer, expecting: UInt64(number)) == true)
        }
        #expect(readFrame(ring.consumer, expecting: 8) == nil)
        #expect(ring.count == 0)
    }

    @Test func peekingTwiceShowsTheSameSlot() {
        let ring = SPSCRing(header: FrameHeader.self, capacity: 2, payloadCapacity: 8)
        let producer = ring.producer
        #expect(producer.reserve()?.header == producer.reserve()?.header)
        producer.reserve()?.header.storeBytes(of: FrameHeader(number: 1, length: 0), as: FrameHeader.self)
        producer.commit()
        let consumer = ring.consumer
        #expect(consumer.peek()?.header == consumer.peek()?.header)
        #expect(consumer.peek()?.header.load(as: FrameHeader.self).number == 1)
    }

    /// Two threads at full speed, payload lengths drawn from a seed; every byte is checked.
    @Test(.timeLimit(.minutes(1)), arguments: [1, 2, 64])
    func carriesEverythingBetweenTwoThreads(capacity: Int) async throws {
        let ring = SPSCRing(header: FrameHeader.self, capacity: capacity, payloadCapacity: 64)
        let wakeUp = try EventFD()
        let total: UInt64 = 100_000
        let (producer, consumer, signaller) = (ring.producer, ring.consumer, wakeUp.signaller)
        async let writer: Void = onThread {
            var random = RandomSource.seeded(42)
            for number in 0..<total {
                let length = Int32(random.next() % 65)
                while !writeFrame(producer, number: number, length: length, wakeUp: signaller) {
                    sched_yield()
                }
            }
        }
        async let reader = onThread { () -> Int in
            var bad = 0
            for number in 0..<total {
                var result: Bool?
                while result == nil {
                    result = readFrame(consumer, expecting: number)
                    if result == nil { sched_yield() }
                }
                if result == false { bad += 1 }
            }
            return bad
        }
        await writer
        #expect(await reader == 0)
        #expect(ring.count == 0)
    }
}
