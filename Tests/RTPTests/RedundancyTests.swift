import RTP
import Testing

@Suite struct RedundancyTests {
    private static func frame(_ number: Int, length: Int = 40) -> [UInt8] {
        [0x48, UInt8(number)] + [UInt8](repeating: 7, count: length - 2)
    }

    /// What a packet carries: the age of each block in frames and the number in it, oldest first.
    private func blocks(
        of number: Int, level: RedundancyLevel, spacing: Int = 2, sent: [Int], room: Int = 1200
    ) -> [[Int]]? {
        var encoder = REDEncoder()
        for (index, earlier) in sent.enumerated() {
            Self.frame(earlier).withUnsafeBytes {
                encoder.remember($0, sequenceNumber: UInt16(index), timestamp: UInt32(earlier * 960))
            }
        }
        var payload = [UInt8](repeating: 0, count: room)
        let length = payload.withUnsafeMutableBytes { buffer in
            Self.frame(number).withUnsafeBytes {
                encoder.write(
                    $0, sequenceNumber: UInt16(sent.count), timestamp: UInt32(number * 960), samples: 960, level: level,
                    spacing: spacing, payloadType: 111, into: buffer)
            }
        }
        guard let length else { return nil }
        return payload[..<length].withUnsafeBytes { bytes in
            var found: [[Int]] = []
            var reader = REDReader(bytes)
            while let block = reader?.next() {
                #expect(block.payloadType == 111)
                found.append([Int(block.timestampOffset) / 960, Int(block.data[1])])
            }
            return found
        }
    }

    @Test func copiesAreSpaced() {
        let sent = Array(0..<20)
        #expect(blocks(of: 20, level: .none, sent: sent) == nil)
        #expect(blocks(of: 20, level: .light, sent: sent) == [[2, 18], [0, 20]])
        #expect(blocks(of: 20, level: .medium, sent: sent) == [[5, 15], [2, 18], [0, 20]])
        #expect(blocks(of: 20, level: .heavy, sent: sent) == [[8, 12], [6, 14], [4, 16], [2, 18], [0, 20]])
        #expect(blocks(of: 20, level: .strong, spacing: 1, sent: sent) == [[3, 17], [2, 18], [1, 19], [0, 20]])
        #expect(
            blocks(of: 20, level: .heavy, spacing: 3, sent: sent)
                == [[12, 8], [9, 11], [6, 14], [3, 17], [0, 20]])
        #expect(blocks(of: 20, level: .light, spacing: 0, sent: sent) == [[1, 19], [0, 20]])
    }

    @Test func whatIsNotThereIsLeftOut() {
        #expect(blocks(of: 10, level: .strong, sent: []) == nil)
        #expect(blocks(of: 12, level: .strong, spacing: 1, sent: [10, 11]) == [[2, 10], [1, 11], [0, 12]])
        // The sender was silent: 15 was the packet before, but it is not the frame before.
        #expect(blocks(of: 20, level: .strong, spacing: 1, sent: Array(10...15)) == nil)
        // 17 was never sent: 15 is five frames back but four packets.
        #expect(blocks(of: 20, level: .medium, sent: [14, 15, 16, 18, 19]) == [[2, 18], [0, 20]])
        // No room for the farthest one.
        #expect(blocks(of: 20, level: .medium, sent: Array(10..<20), room: 95) == [[2, 18], [0, 20]])
    }

    @Test func theOffsetStaysWithinWhatREDCanSay() {
        // Frames of 60 ms: three at a spacing of 2 would be up to 480 ms back, the most there is 341; so they follow at once.
        var encoder = REDEncoder()
        for index in 0..<5 {
            Self.frame(index).withUnsafeBytes {
                encoder.remember($0, sequenceNumber: UInt16(index), timestamp: UInt32(index * 2880))
            }
        }
        var payload = [UInt8](repeating: 0, count: 1200)
        let length = payload.withUnsafeMutableBytes { buffer in
            Self.frame(5).withUnsafeBytes {
                encoder.write(
                    $0, sequenceNumber: 5, timestamp: 5 * 2880, samples: 2880, level: .strong, payloadType: 111,
                    into: buffer)
            }
        }
        #expect(payload[..<(length ?? 0)].withUnsafeBytes { REDReader($0)?.blockCount } == 4)
    }

    @Test func opusPacketsTellTheirLength() {
        let lengths: [(first: UInt8, samples: Int)] = [
            (0x00, 480), (0x08, 960), (0x10, 1920), (0x18, 2880), (0x48, 960), (0x60, 480), (0x68, 960), (0x78, 960),
            (0x80, 120), (0x88, 240), (0x90, 480), (0xF8, 960), (0xF9, 1920), (0xFA, 1920),
        ]
        for (first, samples) in lengths {
            #expect([first, 0].withUnsafeBytes { OpusPacket.samples(in: $0) } == samples)
        }
        #expect([0xFB, 3 as UInt8].withUnsafeBytes { OpusPacket.samples(in: $0) } == 2880)
        #expect([0xFB, 7 as UInt8].withUnsafeBytes { OpusPacket.samples(in: $0) } == nil)
        #expect([0xFB as UInt8].withUnsafeBytes { OpusPacket.samples(in: $0) } == nil)
        #expect([UInt8]().withUnsafeBytes { OpusPacket.samples(in: $0) } == nil)
    }

    // MARK: The controller

    /// Reports of 50 packets each second.
    private func run(
        _ lost: [Int64], runs: (Int64) -> Int64 = { $0 }, from start: Int = 0, _ controller: inout RedundancyController
    )
        -> [RedundancyLevel]
    {
        lost.enumerated().map { second, lost in
            controller.report(
                lost: lost, of: 50, runs: runs(lost), nowNanoseconds: Int64(start + second) * 1_000_000_000)
            return controller.level
        }
    }

    @Test func aCleanLineHasNone() {
        var controller = RedundancyController()
        #expect(Set(run(Array(repeating: 0, count: 60), &controller)) == [.none])
        #expect(controller.expectedLossPercent == 0)
        // One lost packet in ten seconds is not one percent.
        let rare = (0..<60).map { Int64($0 % 10 == 0 ? 1 : 0) }
        #expect(run(rare, from: 60, &controller).count { $0 != .none } <= 12)
    }

    @Test(
        arguments: [(1, RedundancyLevel.light), (4, .medium), (10, .strong), (20, .heavy)] as [(Int64, RedundancyLevel)]
    )
    func theLevelFollowsTheLoss(lost: Int64, expected: RedundancyLevel) {
        var controller = RedundancyController()
        let levels = run(Array(repeating: lost, count: 40), &controller)
        #expect(levels.last == expected)
        #expect(abs(controller.loss - Double(lost) / 50) < 0.005)
        #expect(controller.expectedLossPercent <= Int(lost) * 2)
    }

    @Test func muchLossIsBelievedWithinTwoSeconds() {
        var controller = RedundancyController()
        _ = run(Array(repeating: 0, count: 60), &controller)
        #expect(run([12, 12], from: 60, &controller).last == .strong)
    }

    @Test func burstsAskForMoreAndFartherCopies() {
        var unknown = RedundancyController()
        var single = RedundancyController()
        var short = RedundancyController()
        var long = RedundancyController()
        let losses = Array(repeating: Int64(4), count: 30)
        #expect(run(losses, runs: { _ in 0 }, &unknown).last == .medium)
        #expect(run(losses, &single).last == .medium)
        #expect(run(losses, runs: { $0 / 2 }, &short).last == .strong)
        #expect(run(losses, runs: { _ in 1 }, &long).last == .strong)
        #expect([unknown.spacing, single.spacing, short.spacing, long.spacing] == [2, 1, 2, 2])
        // Runs of six.
        var outages = RedundancyController()
        _ = run(Array(repeating: 6, count: 30), runs: { _ in 1 }, &outages)
        #expect(outages.spacing == 3)
        // Two in five lost by chance stand together now and then, which makes no run of it.
        var chance = RedundancyController()
        _ = run(Array(repeating: 20, count: 30), runs: { _ in 12 }, &chance)
        #expect(chance.spacing == 1)
    }

    @Test func itGoesDownOneStepInTenQuietSecondsAndOnlyThen() {
        var controller = RedundancyController()
        _ = run(Array(repeating: 10, count: 20), &controller)
        let after = run(Array(repeating: 0, count: 60), from: 20, &controller)
        #expect(after.prefix(10).allSatisfy { $0 == .strong })
        #expect(after.last == RedundancyLevel.none)
        for (earlier, later) in zip(after, after.dropFirst()) { #expect(earlier.rawValue - later.rawValue <= 1) }
        // Loss around a threshold does not make it go up and down.
        var wavering = RedundancyController()
        let wave = run((0..<120).map { $0 % 2 == 0 ? 3 : 2 }, &wavering)
        #expect(zip(wave, wave.dropFirst()).count { $0 != $1 } <= 2)
    }

    @Test func theWholeStaysWithinItsBounds() {
        for level in RedundancyLevel.allCases {
            #expect(level.primaryBitrate(of: 48_000) * (1 + level.copies) <= 90_000)
            #expect(level.primaryBitrate(of: 48_000) >= 16_000)
            #expect(level.primaryBitrate(of: 16_000) == 16_000)
        }
        #expect(RedundancyLevel.none.primaryBitrate(of: 48_000) == 48_000)
        #expect(RedundancyLevel.strong.primaryBitrate(of: 48_000) == 22_050)
        #expect(RedundancyLevel.heavy.primaryBitrate(of: 48_000) == 17_640)
    }
}
