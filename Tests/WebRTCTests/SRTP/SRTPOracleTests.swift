import Testing
import Transport
import WebRTC

/// Against libsrtp2, both ways.
struct SRTPOracleTests {
    @Test(arguments: SRTPProfile.allCases)
    func libsrtpOpensWhatWeProtectAcrossTheWrap(_ profile: SRTPProfile) throws {
        let key = try SRTPFixtures.key(profile)
        let sender = try SRTPSender(key)
        let oracle = try #require(LibSRTP(key, outbound: false))
        // Two roll-overs, in steps with gaps.
        var number = 30000
        var step = 1
        while number < 30000 + 140_000 {
            let packet = SRTPFixtures.packet(UInt16(truncatingIfNeeded: number), count: number % 160)
            let protected = number % 2 == 0 ? try sender.protect(packet) : try sender.protectApart(packet)
            #expect(oracle.unprotect(protected) == packet)
            step = step % 37 + 1
            number += step
        }
    }

    @Test(arguments: SRTPProfile.allCases)
    func weOpenWhatLibsrtpProtectsAcrossTheWrapReordered(_ profile: SRTPProfile) throws {
        let key = try SRTPFixtures.key(profile)
        let oracle = try #require(LibSRTP(key, outbound: true))
        let receiver = try SRTPReceiver(key)
        var random = RandomSource.seeded(7)
        var number = 30000
        while number < 30000 + 140_000 {
            var batch: [(plain: [UInt8], protected: [UInt8])] = []
            for _ in 0..<20 {
                let packet = SRTPFixtures.packet(UInt16(truncatingIfNeeded: number), count: number % 160)
                batch.append((packet, try #require(oracle.protect(packet))))
                number += 1
            }
            number += 180
            batch.shuffle(using: &random)
            for (plain, protected) in batch { #expect(try receiver.unprotect(protected) == plain) }
            for (_, protected) in batch {
                #expect(throws: SRTPError.replayed) { try receiver.unprotect(protected) }
            }
        }
    }

    @Test(arguments: SRTPProfile.allCases)
    func reorderedPacketsAroundTheWrapArePassedOn(_ profile: SRTPProfile) throws {
        let key = try SRTPFixtures.key(profile)
        let sender = try SRTPSender(key, allowsReordering: true)
        let oracle = try #require(LibSRTP(key, outbound: false))
        for number in [65530, 65533, 65531, 65538, 65535, 65536, 65534, 65540, 65539] {
            let packet = SRTPFixtures.packet(UInt16(truncatingIfNeeded: number))
            #expect(oracle.unprotect(try sender.protect(packet)) == packet)
        }
    }

    @Test(arguments: SRTPProfile.allCases)
    func rtcpGoesBothWays(_ profile: SRTPProfile) throws {
        let key = try SRTPFixtures.key(profile)
        let sender = try SRTPSender(key)
        let receiver = try SRTPReceiver(key)
        let outbound = try #require(LibSRTP(key, outbound: true))
        let inbound = try #require(LibSRTP(key, outbound: false))
        for index in 0..<200 {
            let report = SRTPFixtures.report(ssrc: UInt32(1000 + index % 3))
            #expect(inbound.unprotectRTCP(try sender.protectRTCP(report)) == report)
            let protected = try #require(outbound.protectRTCP(report))
            #expect(try receiver.unprotectRTCP(protected) == report)
            #expect(throws: SRTPError.replayed) { try receiver.unprotectRTCP(protected) }
        }
    }

    @Test(arguments: SRTPProfile.allCases)
    func manySourcesShareOneKey(_ profile: SRTPProfile) throws {
        let key = try SRTPFixtures.key(profile)
        let sender = try SRTPSender(key)
        let receiver = try SRTPReceiver(key)
        for round in 0..<3 {
            for source in 0..<400 {
                let packet = SRTPFixtures.packet(
                    UInt16(truncatingIfNeeded: 65534 + round), ssrc: UInt32(source) &* 0x0101_0101, count: 20)
                #expect(try receiver.unprotect(sender.protect(packet)) == packet)
            }
        }
    }
}
