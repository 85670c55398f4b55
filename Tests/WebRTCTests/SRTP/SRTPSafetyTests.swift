import Testing
import Transport
import WebRTC

/// What must never happen: an index used twice, a packet taken twice, a forged one taken, memory touched outside.
struct SRTPSafetyTests {
    @Test(arguments: SRTPProfile.allCases)
    func anIndexIsNeverUsedTwice(_ profile: SRTPProfile) throws {
        let sender = try SRTPSender(SRTPFixtures.key(profile))
        _ = try sender.protect(SRTPFixtures.packet(100))
        #expect(throws: SRTPError.indexUsed) { try sender.protect(SRTPFixtures.packet(100)) }
        #expect(throws: SRTPError.indexUsed) { try sender.protect(SRTPFixtures.packet(99)) }
        _ = try sender.protect(SRTPFixtures.packet(105))
        #expect(throws: SRTPError.indexUsed) { try sender.protect(SRTPFixtures.packet(104)) }
        // Another SSRC has indices of its own.
        _ = try sender.protect(SRTPFixtures.packet(99, ssrc: 9))
    }

    @Test(arguments: SRTPProfile.allCases)
    func aReorderingSenderUsesEachIndexOnce(_ profile: SRTPProfile) throws {
        let key = try SRTPFixtures.key(profile)
        let sender = try SRTPSender(key, allowsReordering: true)
        let receiver = try SRTPReceiver(key)
        var random = RandomSource.seeded(11)
        var used: Set<Int> = []
        var highest = 1000
        for _ in 0..<20_000 {
            let number = highest + Int.random(in: -70...5, using: &random)
            let packet = SRTPFixtures.packet(UInt16(truncatingIfNeeded: number), count: 10)
            if number > highest || highest - number < 64 && !used.contains(number) && !used.isEmpty {
                #expect(try receiver.unprotect(sender.protect(packet)) == packet)
                used.insert(number)
                highest = max(highest, number)
            } else if !used.isEmpty {
                #expect(throws: SRTPError.indexUsed) { try sender.protect(packet) }
            }
        }
    }

    @Test func aReorderingSenderDoesNotGoBelowItsFirstPacket() throws {
        let sender = try SRTPSender(SRTPFixtures.key(.aeadAES128GCM), allowsReordering: true)
        _ = try sender.protect(SRTPFixtures.packet(3))
        _ = try sender.protect(SRTPFixtures.packet(2))
        #expect(throws: SRTPError.indexUsed) { try sender.protect(SRTPFixtures.packet(65535)) }
    }

    @Test(arguments: SRTPProfile.allCases)
    func theReplayWindowIs1024(_ profile: SRTPProfile) throws {
        let key = try SRTPFixtures.key(profile)
        let sender = try SRTPSender(key)
        let receiver = try SRTPReceiver(key)
        let protected = try (0..<3000).map { try sender.protect(SRTPFixtures.packet(UInt16($0), count: 4)) }
        _ = try receiver.unprotect(protected[2999])
        #expect(throws: SRTPError.tooOld) { try receiver.unprotect(protected[2999 - 1024]) }
        _ = try receiver.unprotect(protected[2999 - 1023])
        #expect(throws: SRTPError.replayed) { try receiver.unprotect(protected[2999 - 1023]) }
        #expect(throws: SRTPError.replayed) { try receiver.unprotect(protected[2999]) }
        for index in (2999 - 1022)..<2999 { _ = try receiver.unprotect(protected[index]) }
        for index in (2999 - 1023)...2999 {
            #expect(throws: SRTPError.replayed) { try receiver.unprotect(protected[index]) }
        }
    }

    @Test(arguments: SRTPProfile.allCases)
    func theReplayWindowFollowsEveryKindOfJump(_ profile: SRTPProfile) throws {
        let key = try SRTPFixtures.key(profile)
        let sender = try SRTPSender(key)
        let receiver = try SRTPReceiver(key)
        var random = RandomSource.seeded(3)
        var last: [[UInt8]] = []
        var number = 0
        for _ in 0..<3000 {
            number += [1, 1, 1, 2, 63, 64, 65, 127, 1000, 1023, 1024, 1025, 5000].randomElement(using: &random) ?? 1
            let protected = try sender.protect(SRTPFixtures.packet(UInt16(truncatingIfNeeded: number), count: 4))
            _ = try receiver.unprotect(protected)
            #expect(throws: SRTPError.replayed) { try receiver.unprotect(protected) }
            for old in last { #expect(throws: SRTPError.self) { try receiver.unprotect(old) } }
            last.append(protected)
            if last.count > 5 { last.removeFirst() }
        }
    }

    @Test(arguments: SRTPProfile.allCases)
    func everyFlippedBitIsNoticedAndChangesNothing(_ profile: SRTPProfile) throws {
        let key = try SRTPFixtures.key(profile)
        let sender = try SRTPSender(key)
        let receiver = try SRTPReceiver(key)
        let packet = SRTPFixtures.packet(7, count: 20)
        let protected = try sender.protect(packet)
        let report = SRTPFixtures.report()
        let protectedReport = try sender.protectRTCP(report)
        for bit in 0..<protected.count * 8 {
            var forged = protected
            forged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: SRTPError.self) { try receiver.unprotect(forged) }
        }
        for bit in 0..<protectedReport.count * 8 {
            var forged = protectedReport
            forged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: SRTPError.self) { try receiver.unprotectRTCP(forged) }
        }
        #expect(try receiver.unprotect(protected) == packet)
        #expect(try receiver.unprotectRTCP(protectedReport) == report)
    }

    @Test(arguments: SRTPProfile.allCases)
    func garbageIsRefused(_ profile: SRTPProfile) throws {
        let key = try SRTPFixtures.key(profile)
        let sender = try SRTPSender(key)
        let receiver = try SRTPReceiver(key)
        var random = RandomSource.seeded(5)
        for count in 0..<400 {
            for _ in 0..<20 {
                var bytes = random.bytes(count)
                if count > 0, Bool.random(using: &random) { bytes[0] = bytes[0] & 0x3F | 0x80 }
                #expect(throws: SRTPError.self) { try receiver.unprotect(bytes) }
                #expect(throws: SRTPError.self) { try receiver.unprotectRTCP(bytes) }
                _ = try? sender.protect(bytes)
            }
        }
    }

    @Test(arguments: SRTPProfile.allCases)
    func aShortBufferIsRefused(_ profile: SRTPProfile) throws {
        let sender = try SRTPSender(SRTPFixtures.key(profile))
        let packet = SRTPFixtures.packet(1)
        var buffer = packet + [UInt8](repeating: 0, count: profile.rtpOverhead - 1)
        buffer.withUnsafeMutableBytes { buffer in
            #expect(throws: SRTPError.bufferTooSmall) { try sender.protect(buffer, length: packet.count) }
            #expect(throws: SRTPError.bufferTooSmall) { try sender.protect(buffer, length: buffer.count + 1) }
        }
        // The index was not used up.
        _ = try sender.protect(packet)
    }

    @Test func keysOfAWrongLengthAreRefused() {
        #expect(throws: SRTPError.keyLength) {
            try SRTPMasterKey(profile: .aeadAES128GCM, key: [1], salt: [UInt8](repeating: 0, count: 12))
        }
        #expect(throws: SRTPError.keyLength) {
            try SRTPKeys(
                profile: .aes128CMHMACSHA1_80, keyingMaterial: [UInt8](repeating: 0, count: 56), isClient: true)
        }
    }

    @Test func aForgottenSourceBeginsAnew() throws {
        let key = try SRTPFixtures.key(.aeadAES128GCM)
        let sender = try SRTPSender(key)
        let receiver = try SRTPReceiver(key)
        let first = try sender.protect(SRTPFixtures.packet(1, ssrc: 1, count: 4))
        _ = try receiver.unprotect(first)
        for source in 2...2000 {
            _ = try receiver.unprotect(sender.protect(SRTPFixtures.packet(1, ssrc: UInt32(source), count: 4)))
        }
        // 512 sources are remembered: the newest still refuse a replay, and the first is as if it were new.
        #expect(throws: SRTPError.indexUsed) { try sender.protect(SRTPFixtures.packet(1, ssrc: 2000, count: 4)) }
        _ = try receiver.unprotect(first)
    }
}
