import Glibc
import MediaIO
import Testing
import Transport

@Suite struct MPSCRingTests {
    private struct Mark: BitwiseCopyable, Sendable {
        var producer: Int32
        var number: Int32
    }

    @Test func keepsOrderAndRefusesWhenFull() {
        let ring = MPSCRing(header: Mark.self, capacity: 4, payloadCapacity: 0)
        for lap in 0..<3 {
            for number in 0..<4 {
                #expect(
                    ring.write { $0.header.storeBytes(of: Mark(producer: 0, number: Int32(number)), as: Mark.self) })
            }
            #expect(!ring.write { _ in Issue.record("written into a full ring in lap \(lap)") })
            for number in 0..<4 {
                var found: Int32 = -1
                ring.read { found = $0.header.load(as: Mark.self).number }
                #expect(found == Int32(number))
            }
            #expect(!ring.read { _ in Issue.record("read from an empty ring in lap \(lap)") })
        }
    }

    /// Three producers against one consumer: each producer's own order is kept, nothing is lost, doubled or torn.
    @Test(.timeLimit(.minutes(1)))
    func carriesEverythingFromManyThreads() async {
        let ring = MPSCRing(header: Mark.self, capacity: 16, payloadCapacity: 40)
        let perProducer: Int32 = 40_000
        await withTaskGroup(of: Int.self) { group in
            for producer in 0..<3 {
                group.addTask {
                    await onThread {
                        var random = RandomSource.seeded(UInt64(producer))
                        for number in 0..<perProducer {
                            let fill = UInt8(truncatingIfNeeded: random.next())
                            while !ring.write({ slot in
                                slot.header.storeBytes(
                                    of: Mark(producer: Int32(producer), number: number), as: Mark.self)
                                slot.payload.initializeMemory(as: UInt8.self, repeating: fill)
                            }) {
                                sched_yield()
                            }
                        }
                        return 0
                    }
                }
            }
            group.addTask {
                await onThread {
                    var randoms = (0..<3).map { RandomSource.seeded(UInt64($0)) }
                    var next: [Int32] = [0, 0, 0]
                    var bad = 0
                    var left = 3 * Int(perProducer)
                    while left > 0 {
                        let got = ring.read { slot in
                            let mark = slot.header.load(as: Mark.self)
                            let fill = UInt8(truncatingIfNeeded: randoms[Int(mark.producer)].next())
                            if mark.number != next[Int(mark.producer)] || slot.payload.contains(where: { $0 != fill }) {
                                bad += 1
                            }
                            next[Int(mark.producer)] = mark.number + 1
                            left -= 1
                        }
                        if !got { sched_yield() }
                    }
                    return bad
                }
            }
            for await bad in group { #expect(bad == 0) }
        }
    }
}
