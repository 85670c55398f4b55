import Testing
import Transport
import VoiceAudio

@Suite("The jitter buffer, in virtual time")
struct JitterBufferTests {
    private static func seconds(_ seconds: Double) -> MonotonicTime {
        MonotonicTime(nanoseconds: Int64(seconds * 1e9))
    }

    private func plain(_ count: Int) -> [[UInt8]] { Array(repeating: MockPacket.plain, count: count) }

    @Test("a steady stream is played without anything made up, at the target's delay")
    func steady() {
        var listener = Listener()
        listener.listen(to: VirtualPath(delay: { _ in 5 }).arrivals(plain(500)), until: Self.seconds(10))
        #expect(listener.concealedSamples == 0)
        #expect(listener.decoded.count >= 495)
        #expect(listener.decoded == (0..<Int64(listener.decoded.count)).map { $0 + 100 })
        #expect(listener.buffer.target <= 13_000_000)
        #expect(listener.buffer.counters.lost == 0)
    }

    @Test("the first packet starts exactly at the target's delay")
    func start() {
        var listener = Listener()
        listener.listen(to: VirtualPath(delay: { _ in 3.7 }).arrivals(plain(20)), until: Self.seconds(0.3))
        // 30 ms until something is known of the path, and the reserve; to the sample.
        let expected = DelayEstimator.initialTarget + JitterBuffer.reserve
        #expect(abs(listener.buffer.delay - expected) < 50_000)
        #expect(listener.concealedSamples == 0)
    }

    @Test("packets that overtook each other are played in order", arguments: [1, 2, 3])
    func reordered(seed: UInt64) {
        var random = RandomSource.seeded(seed)
        let delays = (0..<500).map { _ in Double.random(in: 0...35, using: &random) }
        var listener = Listener()
        listener.buffer.setRange(minimumMilliseconds: 40, maximumMilliseconds: 4000)
        listener.listen(to: VirtualPath(delay: { delays[$0] }).arrivals(plain(500)), until: Self.seconds(9.9))
        #expect(listener.decoded == (0..<Int64(listener.decoded.count)).map { $0 + 100 })
        #expect(listener.concealedSamples == 0)
        #expect(listener.buffer.counters.late == 0)
    }

    @Test("a packet that comes twice is played once and counted")
    func duplicated() {
        let once = VirtualPath(delay: { _ in 5 }).arrivals(plain(300))
        let twice = once.flatMap { packet -> [VirtualPacket] in
            // The second one comes when the first was played already, for every other packet.
            var copy = packet
            if packet.sequence % 2 == 0 { copy.arrival = packet.arrival.advanced(byMilliseconds: 200) }
            return [packet, copy]
        }.sorted { $0.arrival < $1.arrival }
        var listener = Listener()
        listener.listen(to: twice, until: Self.seconds(6.5))
        #expect(listener.decoded == (0..<300).map { $0 + 100 })
        #expect(listener.buffer.counters.duplicated == 300)
        #expect(listener.buffer.counters.late == 0)
    }

    @Test("packets that come too late are counted and not played")
    func late() {
        let path = VirtualPath(delay: { $0 % 100 == 50 ? 90 : 5 })
        var listener = Listener()
        listener.listen(to: path.arrivals(plain(1000)), until: Self.seconds(20))
        #expect(listener.buffer.counters.late + listener.buffer.counters.lost >= 9)
        #expect(listener.buffer.counters.late <= 10)
        #expect(listener.decoded == listener.decoded.sorted())
        #expect(listener.decoded.count > 980)
    }

    @Test("a lost packet is made up, and the delay is as before")
    func lost() {
        var listener = Listener()
        let path = VirtualPath(delay: { $0 == 150 ? nil : 5 })
        let packets = path.arrivals(plain(300))
        listener.listen(to: packets.filter { $0.arrival < Self.seconds(2.9) }, until: Self.seconds(2.9))
        let before = listener.buffer.delay
        listener.listen(to: packets.filter { $0.arrival >= Self.seconds(2.9) }, until: Self.seconds(5))
        #expect(listener.concealedSamples == 960)
        #expect(listener.buffer.counters.lost == 1)
        #expect(!listener.decoded.contains(250))
        #expect(abs(listener.buffer.delay - before) < 1_000_000)
        #expect(listener.buffer.delay <= DelayEstimator.initialTarget + JitterBuffer.reserve + 50_000)
    }

    @Test("a lost packet comes back from the copy in the next one")
    func recovered() {
        var listener = Listener()
        let packets = Array(repeating: MockPacket.redundant, count: 300)
        listener.listen(to: VirtualPath(delay: { $0 == 150 ? nil : 5 }).arrivals(packets), until: Self.seconds(5))
        #expect(listener.recovered == 1)
        #expect(listener.concealedSamples <= 480)
        #expect(listener.buffer.counters.lost == 0)
        #expect(listener.buffer.counters.recovered == 1)
    }

    @Test("a redundant block of RED fills the place of a lost packet")
    func redundantBlock() {
        var listener = Listener()
        var packets = VirtualPath(delay: { $0 == 150 ? nil : 5 }).arrivals(plain(300))[...]
        while listener.time < Self.seconds(6.2) {
            while let packet = packets.first, packet.arrival <= listener.time {
                _ = listener.insert(packet)
                MockPacket.plain.withUnsafeBytes { bytes in
                    listener.buffer.insertRedundant(
                        timestampOffset: 960, sequenceNumber: packet.sequence, timestamp: packet.timestamp,
                        arrival: packet.arrival, payload: bytes)
                }
                packets.removeFirst()
            }
            listener.pull()
        }
        // The first packet brought the one before it along.
        #expect(listener.decoded == (0...300).map { $0 + 99 })
        #expect(listener.buffer.counters.duplicated == 0)
    }

    @Test("after a stall whose packets come at once nothing is lost and order is kept")
    func stall() {
        // Packets 1250 to 1259 wait for the tenth.
        let path = VirtualPath(delay: { 1250..<1260 ~= $0 ? 5 + Double(1260 - $0) * 20 : 5 })
        var listener = Listener()
        listener.listen(to: path.arrivals(plain(1500)), until: Self.seconds(29.5))
        #expect(listener.decoded == (0..<Int64(listener.decoded.count)).map { $0 + 100 })
        #expect(listener.buffer.counters.late == 0)
        #expect(listener.concealedSamples >= 7000 && listener.concealedSamples <= 10_080)
        // One stall in fifty half-seconds does not move the target, so there is an excess to work off.
        #expect(listener.excess > 4000)
    }

    @Test("a stall of two seconds is caught up by skipping")
    func longStall() {
        let path = VirtualPath(delay: { 250..<290 ~= $0 ? 5 + Double(290 - $0) * 20 : 5 })
        var listener = Listener()
        listener.listen(to: path.arrivals(plain(500)), until: Self.seconds(9.5))
        #expect(listener.buffer.counters.skipped > 20)
        #expect(listener.excess < 480 * 5)
    }

    @Test("sequence numbers and timestamps wrap without a seam")
    func wrap() {
        var listener = Listener()
        let path = VirtualPath(delay: { _ in 5 }, firstSequence: 65_400, firstTimestamp: UInt32.max - 100_000)
        listener.listen(to: path.arrivals(plain(500)), until: Self.seconds(9.9))
        #expect(listener.concealedSamples == 0)
        #expect(listener.decoded.count >= 490)
        #expect(listener.decoded.first == 65_400)
        #expect(listener.decoded[136] == 0)
    }

    @Test("a publisher that starts anew with other numbers is heard again")
    func restart() {
        var listener = Listener()
        let first = VirtualPath(delay: { _ in 5 }).arrivals(plain(100))
        let second = VirtualPath(delay: { _ in 5 }, firstSequence: 40_000, firstTimestamp: 3_000_000_000)
            .arrivals(plain(100), start: Self.seconds(2.2))
        listener.listen(to: first + second, until: Self.seconds(4.1))
        #expect(listener.decoded.count { $0 >= 40_000 } >= 90)
        #expect(listener.buffer.counters.restarts == 2)
    }

    @Test("one stray packet harms nothing")
    func stray() {
        var packets = VirtualPath(delay: { _ in 5 }).arrivals(plain(200))
        var stray = packets[100]
        stray.sequence = 30_000
        stray.timestamp = 77
        packets.insert(stray, at: 101)
        var listener = Listener()
        listener.listen(to: packets, until: Self.seconds(3.9))
        #expect(listener.concealedSamples == 0)
        #expect(listener.buffer.counters.restarts == 1)
    }

    @Test("a publisher whose clock jumps is played on")
    func clockJump() {
        var packets = VirtualPath(delay: { _ in 5 }).arrivals(plain(400))
        for index in 200..<400 { packets[index].timestamp &+= 48_000 * 60 }
        var listener = Listener()
        listener.listen(to: packets, until: Self.seconds(7.9))
        #expect(listener.decoded.count >= 385)
        #expect(listener.concealedSamples < 4800)
    }

    @Test("a pause ends in silence, and what follows is played")
    func pause() {
        var listener = Listener()
        let first = VirtualPath(delay: { _ in 5 }).arrivals(plain(100))
        let second = VirtualPath(delay: { _ in 5 }, firstSequence: 200, firstTimestamp: 5000 + 48_000 * 7)
            .arrivals(plain(100), start: Self.seconds(7))
        listener.listen(to: first + second, until: Self.seconds(9))
        #expect(listener.decoded.count >= 195)
        #expect(listener.concealedSamples <= 48_000)
        #expect(listener.silentSamples >= 3 * 48_000)
    }

    @Test("the sender's own silence (DTX) is not loss")
    func discontinuousTransmission() {
        // Numbers go on, time jumps by 400 ms every second.
        var packets: [VirtualPacket] = []
        for index in 0..<300 {
            let offset = Int64(index * 20 + index / 50 * 400)
            packets.append(
                VirtualPacket(
                    sequence: UInt16(index), timestamp: UInt32(offset * 48),
                    arrival: MonotonicTime(nanoseconds: (offset + 5) * 1_000_000), payload: MockPacket.plain))
        }
        var listener = Listener()
        listener.listen(to: packets, until: Self.seconds(7.9))
        #expect(listener.decoded.count >= 290)
        #expect(listener.buffer.counters.lost == 0)
    }

    @Test("a packet that is lost in a silence of the sender moves nothing", arguments: [0, 1])
    func lostInSilence(copies: Int) {
        // A second of speech, four of which a packet every 400 ms says that they are quiet, and a second of speech.
        var packets: [VirtualPacket] = []
        func send(_ milliseconds: Int, _ payload: [UInt8]) {
            packets.append(
                VirtualPacket(
                    sequence: UInt16(packets.count), timestamp: UInt32(milliseconds * 48),
                    arrival: MonotonicTime(nanoseconds: Int64(milliseconds + 5) * 1_000_000), payload: payload))
        }
        for index in 0..<50 { send(index * 20, MockPacket.plain) }
        send(1000, [0x78])
        for index in 0..<10 { send(1020 + index * 400, [0x78]) }
        for index in 0..<50 { send(5000 + index * 20, copies == 0 ? MockPacket.plain : MockPacket.redundant) }
        // In the middle of the silence, or the first packet behind it, of which there is a copy.
        packets.remove(at: copies == 0 ? 55 : 61)
        var listener = Listener()
        listener.buffer.setRange(minimumMilliseconds: 200, maximumMilliseconds: 4000)
        listener.listen(to: packets, until: Self.seconds(5.9))
        #expect(listener.concealedSamples == 0)
        #expect(listener.buffer.counters.lost == 1 - copies && listener.recovered == copies)
        #expect(listener.delays.allSatisfy { abs($0 - 200) < 0.1 }, "\(listener.delays.min() ?? 0) ms")
    }

    @Test("a lost packet that was longer than those before it leaves no gap")
    func longerLost() {
        let short = VirtualPath(delay: { _ in 5 }).arrivals(plain(100))
        let long = VirtualPath(
            delay: { $0 == 0 ? nil : 5 }, firstSequence: 200, firstTimestamp: 5000 + 96_000, frameSamples: 2880
        ).arrivals(Array(repeating: [0x58, 0, 2, 3], count: 30), start: Self.seconds(2))
        var listener = Listener()
        listener.buffer.setRange(minimumMilliseconds: 100, maximumMilliseconds: 4000)
        listener.listen(to: short + long, until: Self.seconds(3.5))
        #expect(listener.concealedSamples == 2880)
        #expect(listener.buffer.counters.lost == 1)
        #expect(listener.delays.allSatisfy { abs($0 - 100) < 0.1 }, "\(listener.delays.min() ?? 0) ms")
    }

    @Test("the target follows the jitter up and down again")
    func adapts() {
        var random = RandomSource.seeded(7)
        let delays = (0..<6000).map { index in
            1500..<3000 ~= index ? Double.random(in: 0...60, using: &random) : Double.random(in: 0...2, using: &random)
        }
        var listener = Listener()
        let packets = VirtualPath(delay: { delays[$0] }).arrivals(plain(6000))
        listener.listen(to: packets.filter { $0.arrival < Self.seconds(29) }, until: Self.seconds(29))
        #expect(listener.buffer.target <= 13_000_000)
        listener.listen(
            to: packets.filter { $0.arrival >= Self.seconds(29) && $0.arrival < Self.seconds(59) },
            until: Self.seconds(59))
        #expect(listener.buffer.target >= 60_000_000 && listener.buffer.target <= 80_000_000)
        listener.listen(to: packets.filter { $0.arrival >= Self.seconds(59) }, until: Self.seconds(119))
        #expect(listener.buffer.target <= 50_000_000)
    }

    @Test("few packets come too late on a jittery path", arguments: [11, 12, 13, 14])
    func jittery(seed: UInt64) {
        var random = RandomSource.seeded(seed)
        let delays = (0..<3000).map { _ in
            Double.random(in: 0...15, using: &random) + (Int.random(in: 0..<200, using: &random) == 0 ? 60 : 0)
        }
        var listener = Listener()
        listener.listen(to: VirtualPath(delay: { delays[$0] }).arrivals(plain(3000)), until: Self.seconds(60))
        #expect(listener.buffer.counters.late + listener.buffer.counters.lost < 60)
        #expect(listener.buffer.target <= 100_000_000)
    }

    @Test("packets that come in a heap at the start do not raise the target")
    func heapAtStart() {
        // The first 300 ms wait for a path that is not there yet.
        var listener = Listener()
        let path = VirtualPath(delay: { $0 < 15 ? 5 + Double(15 - $0) * 20 : 5 })
        listener.listen(to: path.arrivals(plain(500)), until: Self.seconds(5))
        #expect(listener.buffer.target <= 20_000_000)
    }

    @Test("when this machine stood still, the target stays what the path asks for")
    func ownStall() {
        // Every two seconds nothing is read for 400 ms; then all of it at once.
        let path = VirtualPath(delay: { $0 % 100 < 80 ? 5 : 5 + Double(100 - $0 % 100) * 20 })
        var told = Listener()
        var untold = Listener()
        told.stretches = true
        untold.stretches = true
        var packets = path.arrivals(plain(2000))[...]
        while told.time < Self.seconds(38) {
            while let packet = packets.first, packet.arrival <= told.time {
                if packet.sequence % 100 == 80 { told.buffer.noteStall(until: told.time.advanced(byMilliseconds: 20)) }
                _ = told.insert(packet)
                _ = untold.insert(packet)
                packets.removeFirst()
            }
            told.pull()
            untold.pull()
        }
        #expect(untold.buffer.target > 300_000_000)
        #expect(told.buffer.target < 15_000_000)
        #expect(told.buffer.counters.lost == 0)
    }

    @Test("after a stall of a second the delay is back within two")
    func quickRecovery() {
        let path = VirtualPath(delay: { 500..<545 ~= $0 ? 5 + Double(545 - $0) * 20 : 5 })
        var listener = Listener()
        listener.stretches = true
        let packets = path.arrivals(plain(800))
        listener.listen(to: packets.filter { $0.arrival < Self.seconds(10.95) }, until: Self.seconds(10.95))
        listener.listen(to: packets.filter { $0.arrival >= Self.seconds(10.95) }, until: Self.seconds(12.95))
        #expect(listener.buffer.delay < 60_000_000)
        #expect(listener.buffer.target < 50_000_000)
    }

    @Test("the caller's range bounds the delay")
    func range() {
        var listener = Listener()
        listener.buffer.setRange(minimumMilliseconds: 200, maximumMilliseconds: 300)
        listener.listen(to: VirtualPath(delay: { _ in 5 }).arrivals(plain(200)), until: Self.seconds(3.9))
        #expect(abs(listener.buffer.delay - 200_000_000) < 50_000)
        listener.buffer.setRange(minimumMilliseconds: 0, maximumMilliseconds: 50)
        listener.listen(to: [], until: Self.seconds(3.95))
        #expect(listener.buffer.target <= 50_000_000)
    }

    @Test("a maximum that is taken down brings the delay down at once, and what it skips is counted")
    func lowerMaximum() {
        var listener = Listener()
        listener.buffer.setRange(minimumMilliseconds: 300, maximumMilliseconds: 4000)
        let packets = VirtualPath(delay: { $0 == 200 ? nil : 5 }).arrivals(plain(300))
        listener.listen(to: packets.filter { $0.arrival < Self.seconds(4.2) }, until: Self.seconds(4.2))
        #expect(listener.buffer.delay > 290_000_000)
        listener.buffer.setRange(minimumMilliseconds: 0, maximumMilliseconds: 50)
        listener.listen(to: packets.filter { $0.arrival >= Self.seconds(4.2) }, until: Self.seconds(5.5))
        #expect(listener.buffer.delay < 95_000_000)
        // Of all that were sent up to the last one played, the one that did not come is lost.
        let counters = listener.buffer.counters
        #expect(counters.skipped >= 9 && counters.lost == 1)
        #expect(Int(listener.decoded.last ?? 0) - 100 + 1 == listener.decoded.count + counters.skipped + counters.lost)
    }

    @Test("the longest delay that may be asked for, with the shortest frames", arguments: [0xE8, 0xE0] as [UInt8])
    func longestDelay(configuration: UInt8) {
        // Of 5 ms four seconds fit; of 2.5 ms, which nobody sends for a long delay, as many as there is memory for.
        let samples = configuration == 0xE8 ? 240 : 120
        let payloads = Array(repeating: [configuration, 1, 2, 3], count: 12 * 48_000 / samples)
        var listener = Listener()
        listener.stretches = true
        listener.buffer.setRange(minimumMilliseconds: 4000, maximumMilliseconds: 4000)
        listener.listen(
            to: VirtualPath(delay: { _ in 5 }, frameSamples: samples).arrivals(payloads), until: Self.seconds(11))
        #expect(listener.decoded == (0..<Int64(listener.decoded.count)).map { $0 + 100 })
        #expect(listener.concealedSamples == 0)
        let delay = Double(listener.buffer.delay) / 1e6
        #expect(configuration == 0xE8 ? abs(delay - 4000) < 5 : delay > 2000, "\(delay) ms")
    }

    @Test("the largest frames of other senders are taken")
    func largestFrames() {
        var listener = Listener()
        let largest = [0xF8] + [UInt8](repeating: 1, count: 1275)
        listener.listen(
            to: VirtualPath(delay: { _ in 5 }).arrivals(Array(repeating: largest, count: 100)), until: Self.seconds(1.9)
        )
        #expect(listener.decoded.count > 90 && listener.concealedSamples == 0)
        #expect(listener.buffer.counters.malformed == 0)
    }

    @Test("what is not Opus is counted, however it looks", arguments: 0..<50)
    func garbage(seed: Int) {
        var random = RandomSource.seeded(UInt64(seed))
        var listener = Listener()
        for _ in 0..<400 {
            let packet = VirtualPacket(
                sequence: UInt16.random(in: 0...UInt16.max, using: &random),
                timestamp: UInt32.random(in: 0...UInt32.max, using: &random), arrival: listener.time,
                payload: random.bytes(Int.random(in: 0...1500, using: &random)))
            _ = listener.insert(packet)
            listener.pull()
        }
        let counters = listener.buffer.counters
        #expect(counters.malformed + counters.received == 400)
    }
}
