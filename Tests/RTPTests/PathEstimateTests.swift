import RTP
import Testing

/// What a far end may say, and what a sender makes of it.
@Suite struct PathEstimateTests {
    /// Feedback about `count` packets from `base` on as its bytes say, all received 1 ms apart or none; the reference time
    /// in units of 64 ms.
    private func feedback(
        base: UInt16, count: UInt16, reference: Int, number: UInt8, isReceived: Bool = true
    ) -> [UInt8] {
        var body: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 2]
        func append(_ value: UInt16) { body += [UInt8(value >> 8), UInt8(value & 255)] }
        append(base)
        append(count)
        let time = UInt32(truncatingIfNeeded: reference) << 8 | UInt32(number)
        append(UInt16(time >> 16))
        append(UInt16(time & 0xFFFF))
        var left = count
        while left > 0 {
            let run = min(left, 0x1FFF)
            append((isReceived ? 0x2000 : 0) | run)
            left -= run
        }
        if isReceived { body += [UInt8](repeating: 4, count: Int(count)) }
        while body.count % 4 != 0 { body.append(0) }
        let words = UInt16(body.count / 4)
        return [0x8F, 205, UInt8(words >> 8), UInt8(words & 255)] + body
    }

    private func take(
        _ bytes: [UInt8], by path: inout PathEstimate, each: (UInt8, Bool) -> Void = { _, _ in }
    ) throws {
        try bytes.withUnsafeBytes { bytes in
            var reader = RTCPCompoundReader(bytes)
            guard case .transportFeedback(let feedback)? = reader.next() else {
                throw Unreadable()
            }
            path.take(feedback, each: each)
        }
    }

    private struct Unreadable: Error {}

    /// The far end's clock may say whatever it likes: nothing overflows, and who tells the truth afterwards is believed.
    @Test(arguments: [0x7FFFFF, -0x7FFFFF, 0x123456, 3 << 20]) func aClockThatJumpsIsNoEnd(step: Int) throws {
        var path = PathEstimate()
        var (now, reference, number): (Int64, Int, UInt8) = (1_000_000_000, 0, 0)
        for round in 0..<40_000 {
            path.packetSent(
                stream: 0, sequenceNumber: UInt16(truncatingIfNeeded: round), bytes: 200, nowNanoseconds: now)
            reference += step
            try take(feedback(base: path.nextNumber &- 1, count: 1, reference: reference, number: number), by: &path)
            _ = path.settle(demand: 80_000, least: 20_000, nowNanoseconds: now)
            number &+= 1
            now += 20_000_000
        }
        // A clean line for a minute.
        let start = now
        for round in 0..<3000 {
            path.packetSent(
                stream: 0, sequenceNumber: UInt16(truncatingIfNeeded: round), bytes: 200, nowNanoseconds: now)
            now += 20_000_000
            guard round % 16 == 15 else { continue }
            let ticks = Int((now - start) / TransportFeedback.tickNanoseconds) / 256
            try take(
                feedback(base: path.nextNumber &- 16, count: 16, reference: ticks, number: number), by: &path)
            _ = path.settle(demand: 80_000, least: 20_000, nowNanoseconds: now)
            number &+= 1
        }
        #expect(path.limit == nil)
    }

    /// Forty bytes can speak of 65 535 packets.
    @Test func feedbackAboutMoreThanWasSentIsLeftOut() throws {
        var path = PathEstimate()
        for number in 0..<UInt16(100) {
            path.packetSent(stream: 3, sequenceNumber: number, bytes: 200, nowNanoseconds: Int64(number) * 20_000_000)
        }
        var told = 0
        let flood = feedback(base: 0, count: .max, reference: 1, number: 0, isReceived: false)
        #expect(flood.count == 40)
        try take(flood, by: &path) { _, _ in told += 1 }
        #expect(told == 0)
        try take(feedback(base: 0, count: 100, reference: 1, number: 1), by: &path) { stream, isLost in
            #expect(stream == 3 && !isLost)
            told += 1
        }
        #expect(told == 100)
    }

    /// What is remembered lasts as long with many streams, and grows without forgetting anything.
    @Test(arguments: [1, 8, 50]) func manyStreamsAreRemembered(streams: Int) {
        var log = SentPacketLog()
        let first = UInt16.max - 200
        for index in 0..<UInt16(400) {
            log.record(
                SentPacketLog.Packet(
                    stream: 1, sequenceNumber: index, bytes: 100 + Int(index),
                    sentNanoseconds: 5_000_000_000_000 + Int64(index) * 1_000_000),
                number: first &+ index)
        }
        log.noteRequest(stream: 1, sequenceNumber: 390)
        log.makeRoom(streams: streams)
        log.noteRequest(stream: 1, sequenceNumber: 10)
        log.noteRequest(stream: 2, sequenceNumber: 11)
        #expect(log.capacity >= streams * 100 && log.capacity <= 8192)
        for index in UInt16(400)..<UInt16(log.capacity) {
            log.record(
                SentPacketLog.Packet(
                    stream: 1, sequenceNumber: index, bytes: 1,
                    sentNanoseconds: 5_000_000_000_000 + Int64(index) * 1_000_000), number: first &+ index)
        }
        for index in UInt16(0)..<400 {
            let packet = log.take(first &+ index)
            #expect(packet?.sequenceNumber == index && packet?.bytes == 100 + Int(index))
            #expect(packet?.sentNanoseconds == 5_000_000_000_000 + Int64(index) * 1_000_000)
            #expect(packet?.wasRequested == [10, 390].contains(index))
            let again = log.take(first &+ index)
            #expect(again == nil)
        }
    }

    /// Short turns with pauses over a line that loses packets at random: what is tried out is a fifth less of what was sent
    /// while something was sent.
    @Test func pausesAreNoPartOfARate() throws {
        var estimator = SendRateEstimator()
        var (now, number, limits): (Int64, Int, [Double]) = (1_000_000_000, 0, [])
        for _ in 0..<20 {
            // 80 kb/s.
            for _ in 0..<20 {
                number += 1
                if number % 5 == 0 {
                    estimator.lost(sent: now, bytes: 200)
                } else {
                    estimator.arrived(sent: now, ticks: now / TransportFeedback.tickNanoseconds, bytes: 200)
                }
                if number % 4 == 0, estimator.settle(demand: 300_000, least: 10_000, nowNanoseconds: now) {
                    if let limit = estimator.limit { limits.append(limit) }
                }
                now += 20_000_000
            }
            now += 3_000_000_000
        }
        let limit = try #require(limits.first)
        #expect(limit > 60_000 && limit < 75_000, "\(limits)")
    }
}
