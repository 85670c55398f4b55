import RTP
import RoomServer
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct REDForwardingTests {
    /// RED with one redundant block, as a browser writes it.
    private func red(_ old: [UInt8], _ new: [UInt8], payloadType: UInt8 = 111) throws -> [UInt8] {
        var payload = [UInt8](repeating: 0, count: 200)
        let length = payload.withUnsafeMutableBytes { buffer in
            old.withUnsafeBytes { old in
                new.withUnsafeBytes { new in
                    let block = REDBlock(payloadType: payloadType, timestampOffset: 960, data: old)
                    return withUnsafePointer(to: block) {
                        REDWriter.write(
                            redundant: UnsafeBufferPointer(start: $0, count: 1),
                            primary: REDBlock(primaryPayloadType: payloadType, data: new), into: buffer)
                    }
                }
            }
        }
        return Array(payload[..<(try #require(length))])
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
        for number in 1...5 {
            try await speaker.send(
                out, sequence: UInt16(number), timestamp: UInt32(number) * 960,
                payload: try red([UInt8(number - 1), 7], [UInt8(number), 8, 9]), payloadType: 63)
        }
        for peer in [plain, full, other] { try await peer.until("five packets") { $0.packets.count == 5 } }
        for (index, packet) in await plain.packets.enumerated() {
            #expect(packet.header.payloadType == 111)
            #expect(packet.payload == [UInt8(index + 1), 8, 9])
        }
        for (index, packet) in await full.packets.enumerated() {
            #expect(packet.header.payloadType == 63)
            #expect(packet.payload == (try red([UInt8(index), 7], [UInt8(index + 1), 8, 9])))
        }
        for (index, packet) in await other.packets.enumerated() {
            #expect(packet.header.payloadType == 97)
            #expect(packet.payload == (try red([UInt8(index), 7], [UInt8(index + 1), 8, 9], payloadType: 96)))
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
