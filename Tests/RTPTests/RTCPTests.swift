import RTP
import Testing
import Transport

struct RTCPTests {
    private func packets<Result>(_ bytes: [UInt8], _ body: ([RTCPPacket], Bool) throws -> Result) rethrows -> Result {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        defer { memory.deallocate() }
        memory.copyBytes(from: bytes)
        var reader = RTCPCompoundReader(UnsafeRawBufferPointer(memory))
        var packets: [RTCPPacket] = []
        while let packet = reader.next() { packets.append(packet) }
        return try body(packets, reader.isMalformed)
    }

    private func block(_ ssrc: UInt32, lost: Int32 = -3) -> RTCPReportBlock {
        RTCPReportBlock(
            ssrc: ssrc, fractionLost: 77, cumulativeLost: lost, highestSequenceNumber: 0x1_FFFF, jitter: 960,
            lastSenderReport: 0xAABB_CCDD, delaySinceLastSenderReport: 65536)
    }

    @Test func aCompoundPacketGoesRound() throws {
        let missing: [UInt16] = [65530, 65531, 65535, 10, 11, 500]
        let written = written { buffer in
            var writer = RTCPWriter(buffer)
            var fits = writer.senderReport(
                ssrc: 1, ntpTime: NTPTime(0x1122_3344_5566_7788), rtpTimestamp: 99, packetCount: 5,
                octetCount: 600)
            fits = writer.reportBlock(block(7)) && fits
            fits = writer.reportBlock(block(8, lost: 0x7F_FFFF)) && fits
            fits = writer.canonicalName(ssrc: 1, "somebody@somewhere") && fits
            fits =
                missing.withUnsafeBufferPointer {
                    writer.genericNACK(senderSSRC: 1, mediaSSRC: 7, missing: $0)
                } && fits
            // A NACK takes no report blocks.
            fits = !writer.reportBlock(block(9)) && fits
            fits = writer.receiverReport(ssrc: 2) && fits
            fits = writer.goodbye(ssrc: 1) && fits
            return fits ? writer.length : nil
        }
        let bytes = try #require(written)
        try packets(bytes) { packets, isMalformed in
            #expect(!isMalformed)
            try #require(packets.count == 5)
            guard case .senderReport(let report) = packets[0], case .sourceDescription(var description) = packets[1],
                case .genericNACK(let nack) = packets[2], case .receiverReport(let receiver) = packets[3],
                case .goodbye(let goodbye) = packets[4]
            else {
                Issue.record("other packets than were written")
                return
            }
            #expect(report.ssrc == 1)
            #expect(report.ntpTime.value == 0x1122_3344_5566_7788)
            #expect(report.rtpTimestamp == 99)
            #expect(report.packetCount == 5)
            #expect(report.octetCount == 600)
            #expect(report.reportBlocks.count == 2)
            #expect(Array(report.reportBlocks) == [block(7), block(8, lost: 0x7F_FFFF)])
            let name = description.next()
            #expect(name?.ssrc == 1)
            #expect(name.map { String(decoding: $0.name, as: UTF8.self) } == "somebody@somewhere")
            let end = description.next()
            #expect(end == nil)
            #expect(nack.senderSSRC == 1)
            #expect(nack.mediaSSRC == 7)
            #expect(Array(nack) == missing)
            #expect(receiver.ssrc == 2)
            #expect(Array(goodbye) == [1])
        }
    }

    @Test(arguments: 0..<9)
    func canonicalNamesOfEveryLengthArePadded(_ count: Int) throws {
        let name = String(repeating: "x", count: count)
        let written = written {
            var writer = RTCPWriter($0)
            return writer.canonicalName(ssrc: 5, name) ? writer.length : nil
        }
        let bytes = try #require(written)
        #expect(bytes.count % 4 == 0)
        #expect(bytes.last == 0)
        packets(bytes) { packets, isMalformed in
            #expect(!isMalformed)
            guard case .sourceDescription(var description) = packets.first else {
                Issue.record("no source description")
                return
            }
            let length = description.next()?.name.count
            #expect(length == count)
        }
    }

    @Test func whatDoesNotFitIsNotWritten() {
        let missing: [UInt16] = [1, 100, 200]
        for capacity in 0..<64 {
            _ = written(capacity: capacity) { buffer in
                var writer = RTCPWriter(buffer)
                if writer.receiverReport(ssrc: 1) { _ = writer.reportBlock(block(1)) }
                let before = writer.length
                if !writer.canonicalName(ssrc: 1, "name") { #expect(writer.length == before) }
                let middle = writer.length
                let fits = missing.withUnsafeBufferPointer {
                    writer.genericNACK(senderSSRC: 1, mediaSSRC: 2, missing: $0)
                }
                if !fits { #expect(writer.length == middle) }
                #expect(writer.length <= capacity)
                return writer.length
            }
        }
    }

    @Test func aReportHoldsAtMost31Blocks() {
        _ = written { buffer in
            var writer = RTCPWriter(buffer)
            var blocks = 0
            if writer.receiverReport(ssrc: 1) {
                while writer.reportBlock(block(3)) { blocks += 1 }
            }
            #expect(blocks == 31)
            return writer.length
        }
    }

    @Test func paddingAndUnknownPacketsAreUnderstood() {
        // An APP packet, then a BYE with four bytes of padding.
        let bytes = hex("80cc0001 00000009 a1cb0002 00000005 00000004")
        packets(bytes) { packets, isMalformed in
            #expect(!isMalformed)
            guard packets.count == 2, case .other(204, 0, let body) = packets[0],
                case .goodbye(let goodbye) = packets[1]
            else {
                Issue.record("other packets than were written")
                return
            }
            #expect(body.count == 4)
            #expect(Array(goodbye) == [5])
        }
    }

    @Test(arguments: [
        "80", "80c90001 0000", "40c90001 00000000", "81c90001 00000001", "80c80001 00000001", "81cb0000",
        "81cd0001 00000001", "a0c90001 000000ff",
    ])
    func malformedPacketsAreNoticed(_ text: String) {
        packets(hex(text)) { packets, isMalformed in
            #expect(isMalformed)
            #expect(packets.isEmpty)
        }
    }

    @Test func noiseIsReadWithoutHarm() {
        var random = RandomSource.seeded(31)
        for _ in 0..<30_000 {
            var bytes = random.bytes(Int.random(in: 0...120, using: &random))
            if bytes.count > 4 {
                bytes[0] = 0x80 | bytes[0] & 0x3F
                bytes[1] = UInt8.random(in: 200...206, using: &random)
                if bytes[1] == 205 { bytes[0] = Bool.random(using: &random) ? 0x8F : 0x81 }
                bytes[2] = 0
                bytes[3] = UInt8(bytes.count / 4 - 1)
            }
            packets(bytes) { packets, _ in
                for packet in packets {
                    switch packet {
                    case .senderReport(let report): for _ in report.reportBlocks {}
                    case .receiverReport(let report): for _ in report.reportBlocks {}
                    case .sourceDescription(let description): for name in description { _ = name.name.count }
                    case .goodbye(let goodbye): for _ in goodbye {}
                    case .genericNACK(let nack): for _ in nack {}
                    case .transportFeedback(let feedback):
                        var count = 0
                        for _ in feedback { count += 1 }
                        #expect(count == feedback.packetCount)
                    case .receiverEstimate(let estimate): for _ in estimate {}
                    case .other: break
                    }
                }
            }
        }
    }

    @Test(
        arguments: [
            (0, 0), (1, 1), (262_143, 262_143), (262_145, 262_144), (48_000_001, 48_000_000),
            (.max, (1 << 18 - 1) << 46),
        ] as [(UInt64, UInt64)])
    func anEstimateGoesRound(bitrate: UInt64, read: UInt64) throws {
        let bytes = try #require(
            written { buffer in
                var writer = RTCPWriter(buffer)
                return writer.receiverEstimate(senderSSRC: 5, mediaSSRC: 7, bitrate: bitrate) ? writer.length : nil
            })
        packets(bytes) { packets, isMalformed in
            guard !isMalformed, packets.count == 1, case .receiverEstimate(let estimate) = packets[0] else {
                Issue.record("another packet than was written")
                return
            }
            #expect(estimate.senderSSRC == 5 && estimate.bitrate == read && Array(estimate) == [7])
        }
    }

    /// As libwebrtc writes it: three sources, 1.2 Mb/s.
    @Test func anEstimateOfOthersIsRead() {
        let head: [UInt8] = [0x8F, 206, 0, 7, 0, 0, 0, 1, 0, 0, 0, 0]
        let sources: [UInt8] = [0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4]
        packets(head + Array("REMB".utf8) + [3, 0x0E, 0x49, 0xF0] + sources) { packets, isMalformed in
            guard case .receiverEstimate(let estimate)? = packets.first else {
                Issue.record("it is not read")
                return
            }
            #expect(!isMalformed && estimate.bitrate == 0x249F0 << 3 && Array(estimate) == [2, 3, 4])
        }
        // More sources than there are, and feedback of another application.
        for (name, count, isWhole) in [("REMB", 4, false), ("RIMB", 3, false), ("REMB", 2, true)] {
            packets(head + Array(name.utf8) + [UInt8(count), 0x0E, 0x49, 0xF0] + sources) { packets, isMalformed in
                #expect(!isMalformed && packets.count == 1)
                if case .receiverEstimate? = packets.first { #expect(isWhole) } else { #expect(!isWhole) }
            }
        }
    }

    @Test func theRoundTripIsWhatTheReportSays() {
        // RFC 3550 section 6.4.1, figure 2.
        let report = RTCPReportBlock(
            ssrc: 1, fractionLost: 0, cumulativeLost: 0, highestSequenceNumber: 0, jitter: 0,
            lastSenderReport: 0xB705_2000, delaySinceLastSenderReport: 0x0005_4000)
        let arrival = NTPTime(UInt64(0xB710_8000) << 16)
        #expect(report.roundTripNanoseconds(arrival: arrival) == 6_125_000_000)
        #expect(report.roundTripNanoseconds(arrival: NTPTime(0)) == nil)
        #expect(block(1).roundTripNanoseconds(arrival: NTPTime(UInt64(0xAABB_CCDE) << 16)) == nil)
    }
}
