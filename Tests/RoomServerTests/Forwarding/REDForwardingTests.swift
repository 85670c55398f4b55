import RTP
import RoomServer
import Testing
import Transport
import WebRTC

@Suite(.timeLimit(.minutes(1))) struct REDForwardingTests {
    /// Something like an Opus packet of 20 ms.
    private func opus(_ number: Int) -> [UInt8] { [0x78, UInt8(number), 8, 9] }

    /// RED with the packets that are `copies` before this one, oldest first, as publishers write it.
    private func red(_ number: Int, copies: [Int] = [1], payloadType: UInt8 = 111) -> [UInt8] {
        var head: [UInt8] = []
        var data: [UInt8] = []
        for distance in copies.sorted(by: >) {
            let offset = UInt32(distance * 960)
            let copy = opus(number - distance)
            head += [
                0x80 | payloadType, UInt8(offset >> 6), UInt8(truncatingIfNeeded: offset << 2), UInt8(copy.count),
            ]
            data += copy
        }
        return head + [payloadType] + data + opus(number)
    }

    /// One listener takes RED, one knows only Opus, one has other numbers for both.
    @Test func eachListenerGetsWhatItNegotiated() async throws {
        let rig = try await ForwardingRig(workers: 2)
        let key = try ForwardingRig.key("red")
        let speaker = try await rig.peer()
        let out = try await speaker.publish(key, ssrc: 1)
        try await speaker.negotiate()
        let plain = try await rig.peer()
        _ = try await plain.play(key)
        try await plain.negotiate(edit: { Self.withoutRED($0) })
        let full = try await rig.peer()
        _ = try await full.play(key)
        try await full.negotiate()
        let other = try await rig.peer()
        _ = try await other.play(key)
        try await other.negotiate(
            edit: { Self.renumber($0, [("111", "96"), ("63", "97")]) },
            editBack: { Self.renumber($0, [("96", "111"), ("97", "63")]) })
        for number in 0...5 {
            try await speaker.send(
                out, sequence: UInt16(number), timestamp: UInt32(number) * 960,
                payload: number == 0 ? opus(0) : red(number), payloadType: number == 0 ? 111 : 63)
        }
        for peer in [plain, full, other] { try await peer.until("six packets") { $0.packets.count == 6 } }
        for (number, packet) in await plain.packets.enumerated() {
            #expect(packet.header.payloadType == 111)
            #expect(packet.payload == opus(number))
        }
        for (number, packet) in await full.packets.enumerated().dropFirst() {
            #expect(packet.header.payloadType == 63)
            #expect(packet.payload == red(number))
        }
        for (number, packet) in await other.packets.enumerated().dropFirst() {
            #expect(packet.header.payloadType == 97)
            #expect(packet.payload == red(number, payloadType: 96))
        }
        await rig.close(speaker, plain, full, other)
    }

    /// Lies inside RED cost only the packet.
    @Test func malformedREDIsDropped() async throws {
        let rig = try await ForwardingRig()
        let key = try ForwardingRig.key("red")
        let speaker = try await rig.peer()
        let listener = try await rig.peer()
        let out = try await speaker.publish(key, ssrc: 1)
        try await speaker.negotiate()
        _ = try await listener.play(key)
        try await listener.negotiate()
        let bad: [[UInt8]] = [[0xEF], [0xEF, 0, 0], [0xEF, 0x03, 0xFF, 0xFF, 111, 1], [111], [100, 1, 2]]
        for (number, payload) in bad.enumerated() {
            try await speaker.send(
                out, sequence: UInt16(number), timestamp: UInt32(number) * 960, payload: payload, payloadType: 63)
        }
        // A redundant block of another codec: the primary one is still good.
        try await speaker.send(
            out, sequence: 5, timestamp: 4800, payload: [0x80 | 100, 0, 0, 1, 111, 1, 2, 3], payloadType: 63)
        try await speaker.send(out, sequence: 6, timestamp: 5760, payload: [9])
        try await listener.until("the last") { $0.packets.last?.payload == [9] }
        #expect(await listener.packets.map(\.payload) == [[2, 3], [9]])
        #expect(await listener.packets.map(\.header.payloadType) == [111, 111])
        await rig.close(speaker, listener)
    }

    /// The numbers of the copies in a packet, farthest first, as how far back they are; nil when they are not what was sent.
    private func copies(in packet: ForwardingPeer.Packet) -> [Int]? {
        guard packet.header.payloadType == 63 else { return [] }
        return packet.payload.withUnsafeBytes { bytes in
            guard var reader = REDReader(bytes), let primary = REDReader.primary(of: bytes) else { return nil }
            var distances: [Int] = []
            while let block = reader.next(), !block.isPrimary {
                let distance = Int(block.timestampOffset) / 960
                guard Array(block.data) == opus(Int(primary.data[1]) - distance) else { return nil }
                distances.append(distance)
            }
            return distances
        }
    }

    /// A publisher without loss, one listener who loses packets and says so, and one who does not.
    @Test func aLossyLegGetsCopiesAndAnotherDoesNot() async throws {
        let rig = try await ForwardingRig(workers: 2)
        let key = try ForwardingRig.key("s")
        let speaker = try await rig.peer()
        let out = try await speaker.publish(key, ssrc: 1)
        try await speaker.negotiate()
        let (lossy, clean, plain) = (try await rig.peer(), try await rig.peer(), try await rig.peer())
        let mid = try await lossy.play(key)
        try await lossy.negotiate()
        _ = try await clean.play(key)
        try await clean.negotiate()
        let plainMid = try await plain.play(key)
        try await plain.negotiate(edit: { Self.withoutRED($0) })
        let ssrc = try #require(await lossy.section(mid)?.remoteSSRCs.first)
        let plainSSRC = try #require(await plain.section(plainMid)?.remoteSSRCs.first)
        func send(_ numbers: Range<Int>) async throws {
            for number in numbers {
                try await speaker.send(
                    out, sequence: UInt16(number), timestamp: UInt32(number) * 960, payload: opus(number))
            }
            for peer in [lossy, clean, plain] {
                try await peer.until("all packets") { $0.packets.count == numbers.upperBound }
            }
        }
        try await send(0..<20)
        let first = UInt32(await lossy.packets[0].header.sequenceNumber)
        // Of each fifty, twelve are lost.
        for report in UInt32(0)...4 {
            for (peer, ssrc) in [(lossy, ssrc), (plain, plainSSRC)] {
                try await peer.sendRTCP(reporting: [
                    RTCPReportBlock(
                        ssrc: ssrc, fractionLost: 0, cumulativeLost: Int32(report) * 12,
                        highestSequenceNumber: first + report * 50, jitter: 0, lastSenderReport: 0,
                        delaySinceLastSenderReport: 0)
                ])
            }
        }
        // What was sent behind the reports may overtake them at the other worker.
        var sent = 20
        while sent < 200, copies(in: try #require(await lossy.packets.last)) == [] {
            try await send(sent..<sent + 1)
            sent += 1
        }
        try await send(sent..<sent + 10)
        for packet in await lossy.packets.suffix(9) { #expect(copies(in: packet) == [8, 5, 2]) }
        for peer in [clean, plain] { #expect(await peer.packets.allSatisfy { $0.header.payloadType == 111 }) }
        let statistics = await rig.forwarder.statistics()
        #expect(statistics.packetsWithCopies >= 10 && statistics.packetsRestored == 0)
        // The publisher hears nothing of it.
        try await speaker.until("a receiver report") { peer in
            peer.feedback.contains { if case .receiverReport(let block) = $0 { block.ssrc == 1 } else { false } }
        }
        for case .receiverReport(let block) in await speaker.feedback { #expect(block.cumulativeLost == 0) }
        await rig.close(speaker, lossy, clean, plain)
    }

    /// A publisher who loses much sends far copies: they restore what was lost for everybody, and end at the server.
    @Test func whatIsLostOnTheUplinkIsRestoredForAll() async throws {
        let rig = try await ForwardingRig(workers: 2)
        let key = try ForwardingRig.key("s")
        let speaker = try await rig.peer()
        let out = try await speaker.publish(key, ssrc: 1)
        try await speaker.negotiate()
        let (full, plain) = (try await rig.peer(), try await rig.peer())
        _ = try await full.play(key)
        try await full.negotiate()
        _ = try await plain.play(key)
        try await plain.negotiate(edit: { Self.withoutRED($0) })
        // A single one, and a run of three of which the copies 1, 3 and 5 back bring all.
        let lost: Set = [12, 20, 21, 22]
        for number in 0..<40 where !lost.contains(number) {
            try await speaker.send(
                out, sequence: 65_510 &+ UInt16(number), timestamp: 4_294_960_000 &+ UInt32(number) * 960,
                payload: number < 5 ? opus(number) : red(number, copies: [1, 3, 5]),
                payloadType: number < 5 ? 111 : 63, level: 20)
        }
        for peer in [full, plain] { try await peer.until("all packets") { $0.packets.count == 40 } }
        for peer in [full, plain] {
            let packets = await peer.packets
            let begin = packets[0].header
            var arrived: [Int] = []
            for packet in packets {
                let number = Int(packet.header.sequenceNumber &- begin.sequenceNumber)
                arrived.append(number)
                #expect(packet.header.timestamp == begin.timestamp &+ UInt32(number) * 960)
                #expect(packet.payload.suffix(4) == opus(number)[...])
                #expect(packet.extensions.audioLevel == nil ? lost.contains(number) : !lost.contains(number))
            }
            #expect(Set(arrived) == Set(0..<40))
            // Late, behind the packets that brought them: 22 came with 23, 20 with 23, 21 with 24.
            #expect(
                arrived.filter { (10...26).contains($0) } == [
                    10, 11, 13, 12, 14, 15, 16, 17, 18, 19, 23, 20, 22, 24, 21, 25, 26,
                ])
        }
        // Nobody lost anything behind the server: only the copy that a browser would send too goes on.
        #expect(await full.packets.allSatisfy { [[], [1]].contains(copies(in: $0)) })
        #expect(await full.packets.suffix(10).allSatisfy { copies(in: $0) == [1] })
        #expect(await rig.forwarder.statistics().packetsRestored == 4)
        // Lost they were, and that is what the publisher hears; that they are asked for is not needed.
        try await speaker.until("a receiver report") { peer in
            peer.feedback.contains {
                if case .receiverReport(let block) = $0 { block.ssrc == 1 && block.cumulativeLost == 4 } else { false }
            }
        }
        #expect(await rig.forwarder.statistics().retransmissionsRequested <= 1)
        await rig.close(speaker, full, plain)
    }

    /// What the publisher's leg has lost for good is missing at every listener: none of their legs is to blame.
    @Test func gapsOfThePublisherAreNotTheListenersLoss() async throws {
        let rig = try await ForwardingRig()
        let key = try ForwardingRig.key("s")
        let speaker = try await rig.peer()
        let listener = try await rig.peer()
        let out = try await speaker.publish(key, ssrc: 1)
        try await speaker.negotiate()
        let mid = try await listener.play(key)
        try await listener.negotiate()
        let ssrc = try #require(await listener.section(mid)?.remoteSSRCs.first)
        var (sent, missing) = (0, 0)
        for second in 0..<6 {
            for number in second * 40..<second * 40 + 40 {
                if number % 5 == 3 {
                    missing += 1
                    continue
                }
                sent += 1
                try await speaker.send(
                    out, sequence: UInt16(number), timestamp: UInt32(number) * 960, payload: opus(number))
            }
            let all = sent
            try await listener.until("all packets") { $0.packets.count == all }
            let highest = await listener.packets.last?.header.sequenceNumber
            try await listener.sendRTCP(reporting: [
                RTCPReportBlock(
                    ssrc: ssrc, fractionLost: 50, cumulativeLost: Int32(missing),
                    highestSequenceNumber: UInt32(try #require(highest)), jitter: 0, lastSenderReport: 0,
                    delaySinceLastSenderReport: 0)
            ])
        }
        try await speaker.send(out, sequence: 240, timestamp: 240 * 960, payload: opus(240))
        let all = sent + 1
        try await listener.until("the last") { $0.packets.count == all }
        #expect(await rig.forwarder.statistics().packetsWithCopies == 0)
        await rig.close(speaker, listener)
    }

    static func withoutRED(_ sdp: String) -> String {
        lines(sdp).filter {
            !$0.hasPrefix("a=rtpmap:63 ") && !$0.hasPrefix("a=fmtp:63 ") && !$0.hasPrefix("a=rtcp-fb:63 ")
        }
        .map { $0.hasPrefix("m=") ? $0.split(separator: " ").filter { $0 != "63" }.joined(separator: " ") : $0 }
        .joined(separator: "\r\n") + "\r\n"
    }

    static func renumber(_ sdp: String, _ numbers: [(String, String)]) -> String {
        lines(sdp).map { line in
            var line = line
            for (old, new) in numbers {
                for attribute in ["a=rtpmap:", "a=fmtp:", "a=rtcp-fb:"] where line.hasPrefix("\(attribute)\(old) ") {
                    line = attribute + new + line.dropFirst(attribute.count + old.count)
                }
                if line.hasPrefix("m=") {
                    line = line.split(separator: " ").map { $0 == old ? new : String($0) }.joined(separator: " ")
                }
                if line.hasPrefix("a=fmtp:"), line.hasSuffix(" \(old)/\(old)") {
                    line = String(line.dropLast(2 * old.count + 1)) + "\(new)/\(new)"
                }
            }
            return line
        }.joined(separator: "\r\n") + "\r\n"
    }

    private static func lines(_ sdp: String) -> [String] {
        sdp.split(whereSeparator: \.isNewline).map(String.init)
    }
}
