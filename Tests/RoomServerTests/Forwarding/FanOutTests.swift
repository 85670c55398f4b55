import RTP
import RoomServer
import Testing
import Transport
import WebRTC

@Suite(.timeLimit(.minutes(1))) struct FanOutTests {
    /// Over a wrap of the publisher's sequence numbers, with one worker and across two, over IPv4 and IPv6.
    @Test(arguments: [1, 2], ["127.0.0.1", "::1"])
    func aListenerGetsWhatIsPublished(workers: Int, host: String) async throws {
        let rig = try await ForwardingRig(workers: workers, hosts: [host])
        let key = try ForwardingRig.key("s1")
        let speaker = try await rig.peer(host: host)
        let listener = try await rig.peer(host: host)
        let out = try await speaker.publish(key, ssrc: 77)
        #expect(try await speaker.negotiate() == [TrackResult.done(out)])
        let mid = try await listener.play(key)
        #expect(try await listener.negotiate() == [TrackResult.done(mid)])
        for number in 0..<60 {
            try await speaker.send(
                out, sequence: 65_500 &+ UInt16(number), timestamp: 4_294_960_000 &+ UInt32(number) * 960,
                payload: [UInt8](repeating: UInt8(number), count: 80 + number), level: UInt8(number))
            if number == 0 { try await listener.until("first packet") { $0.packets.count == 1 } }
        }
        try await listener.until("all packets") { $0.packets.count >= 60 }
        let packets = await listener.packets
        let section = try #require(await listener.section(mid))
        #expect(packets.count == 60)
        #expect(packets[0].header.marker)
        for (number, packet) in packets.enumerated() {
            #expect(packet.payload == [UInt8](repeating: UInt8(number), count: 80 + number))
            #expect(packet.header.ssrc == section.remoteSSRCs.first)
            #expect(packet.header.payloadType == 111)
            #expect(packet.header.sequenceNumber == packets[0].header.sequenceNumber &+ UInt16(number))
            #expect(packet.header.timestamp == packets[0].header.timestamp &+ UInt32(number) * 960)
            #expect(packet.extensions.mid == MediaIdentifier(mid))
            #expect(packet.extensions.audioLevel == AudioLevel(level: UInt8(number), voiceActivity: true))
        }
        #expect(packets[0].header.ssrc != 77)
        #expect(speaker.events.withoutPaths == [.connected, .streamStarted(key)])
        #expect(listener.events.withoutPaths == [.connected])
        let statistics = await rig.forwarder.statistics()
        #expect(statistics.packetsReceived == 60)
        #expect(statistics.packetsForwarded == 60)
        #expect(statistics.packetsHandedOver == (workers == 2 ? 60 : 0))
        #expect(await rig.forwarder.streams().first?.audioLevel?.level == 59)
        await rig.close(speaker, listener)
    }

    /// Three talk to each other; everybody hears both others, in sections of their own.
    @Test func threeTalkAcrossTwoWorkers() async throws {
        let rig = try await ForwardingRig(workers: 2)
        var peers: [ForwardingPeer] = []
        for _ in 0..<3 { peers.append(try await rig.peer()) }
        let keys = try (0..<3).map { try ForwardingRig.key("s\($0)") }
        var own: [String] = []
        for (index, peer) in peers.enumerated() {
            own.append(try await peer.publish(keys[index], ssrc: UInt32(100 + index)))
            for other in 0..<3 where other != index { _ = try await peer.play(keys[other]) }
            try await peer.negotiate()
        }
        for number in 0..<20 {
            for (index, peer) in peers.enumerated() {
                try await peer.send(
                    own[index], sequence: UInt16(number), timestamp: UInt32(number) * 960,
                    payload: [UInt8(index), UInt8(number)])
            }
        }
        for (index, peer) in peers.enumerated() {
            try await peer.until("both voices") { $0.packets.count >= 40 }
            let packets = await peer.packets
            for other in 0..<3 where other != index {
                let heard = packets.filter { $0.payload.first == UInt8(other) }
                #expect(heard.map { $0.payload[1] } == (0..<20).map { UInt8($0) })
                #expect(Set(heard.map(\.header.ssrc)).count == 1)
            }
            #expect(!packets.contains { $0.payload.first == UInt8(index) })
        }
        await rig.close(peers[0], peers[1], peers[2])
    }

    @Test func aStreamThatNobodyPublishesYetCanBePlayed() async throws {
        let rig = try await ForwardingRig(workers: 2)
        let key = try ForwardingRig.key("later")
        let listener = try await rig.peer()
        let mid = try await listener.play(key)
        #expect(try await listener.negotiate() == [TrackResult.done(mid, isLive: false)])
        #expect(await listener.section(mid)?.remoteSSRCs.count == 1)
        #expect(await listener.section(mid)?.remoteStreamID == "later")
        let speaker = try await rig.peer()
        let out = try await speaker.publish(key, ssrc: 5)
        try await speaker.negotiate()
        try await speaker.send(out, sequence: 9, timestamp: 0, payload: [1, 2, 3])
        try await listener.until("the first packet") { $0.packets.first?.payload == [1, 2, 3] }
        #expect(try await listener.negotiate() == [TrackResult.done(mid, isLive: true)])
        await rig.close(listener, speaker)
    }

    /// An inactive section that a play is asked for is a play on hold: nothing comes, and afterwards nothing is missing.
    @Test func aPlayOnHoldGetsNothingAndMissesNothing() async throws {
        let rig = try await ForwardingRig(workers: 2)
        let key = try ForwardingRig.key("held")
        let speaker = try await rig.peer()
        let listener = try await rig.peer()
        let witness = try await rig.peer()
        let out = try await speaker.publish(key, ssrc: 1)
        try await speaker.negotiate()
        let mid = try await listener.play(key)
        _ = try await witness.play(key)
        try await listener.negotiate()
        try await witness.negotiate()
        func send(_ numbers: Range<Int>) async throws {
            for number in numbers {
                try await speaker.send(
                    out, sequence: UInt16(number), timestamp: UInt32(number) * 960, payload: [UInt8(number)])
            }
            try await witness.until("all packets") { $0.packets.count == numbers.upperBound }
        }
        try await send(0..<10)
        try await listener.until("the first packets") { $0.packets.count == 10 }
        try await listener.hold(mid, true)
        #expect(try await listener.negotiate() == [TrackResult.done(mid, isLive: true)])
        #expect(await listener.section(mid)?.direction == .inactive)
        try await send(10..<20)
        try await listener.hold(mid, false)
        try await listener.negotiate()
        try await send(20..<30)
        try await listener.until("the packets after the hold") { $0.packets.count >= 20 }
        let packets = await listener.packets
        #expect(packets.map { $0.payload[0] } == Array(0..<10) + Array(20..<30))
        #expect(Set(packets.map(\.header.ssrc)).count == 1)
        for (index, packet) in packets.enumerated() {
            #expect(packet.header.sequenceNumber == packets[0].header.sequenceNumber &+ UInt16(index))
        }
        #expect(packets[19].header.timestamp &- packets[10].header.timestamp == 9 * 960)
        await rig.close(speaker, listener, witness)
    }

    /// Two publishers one after the other: the listener sees one stream without a gap or a jump in it.
    @Test(arguments: [false, true])
    func listenersSurviveAChangeOfPublisher(byTakeover: Bool) async throws {
        let rig = try await ForwardingRig(workers: 2)
        let key = try ForwardingRig.key("stage")
        let listener = try await rig.peer()
        _ = try await listener.play(key)
        try await listener.negotiate()
        let first = try await rig.peer()
        let second = try await rig.peer()
        let out = try await first.publish(key, ssrc: 1)
        try await first.negotiate()
        for number in 0..<10 {
            try await first.send(
                out, sequence: 30_000 + UInt16(number), timestamp: 1_000_000 + UInt32(number) * 960, payload: [1])
        }
        try await listener.until("the first publisher") { $0.packets.count == 10 }
        if !byTakeover { await rig.forwarder.unpublish(try #require(await first.session), key) }
        let next = try await second.publish(key, ssrc: 2)
        try await second.negotiate()
        for number in 0..<10 {
            try await second.send(
                next, sequence: 7 + UInt16(number), timestamp: 99 + UInt32(number) * 960, payload: [2])
            if number == 0 { try await listener.until("the change") { $0.packets.count == 11 } }
            // Of the one that was replaced nothing comes through any more.
            try await first.send(
                out, sequence: 30_010 + UInt16(number), timestamp: 1_009_600 + UInt32(number) * 960, payload: [1])
        }
        try await listener.until("the second publisher") { $0.packets.count >= 20 }
        let packets = await listener.packets
        #expect(packets.map { $0.payload[0] } == [UInt8](repeating: 1, count: 10) + [UInt8](repeating: 2, count: 10))
        #expect(Set(packets.map(\.header.ssrc)).count == 1)
        for (index, packet) in packets.enumerated() {
            #expect(packet.header.sequenceNumber == packets[0].header.sequenceNumber &+ UInt16(index))
        }
        let jump = packets[10].header.timestamp &- packets[9].header.timestamp
        #expect(jump >= 120 && jump < 48_000 * 10)
        #expect(packets[10].header.marker)
        #expect(packets[19].header.timestamp &- packets[10].header.timestamp == 9 * 960)
        await rig.close(listener, first, second)
    }

    /// What comes late from the publisher goes out in its place, what comes twice goes out once, and what does not come
    /// is asked for.
    @Test func lateDoubledAndLostPackets() async throws {
        let rig = try await ForwardingRig()
        let key = try ForwardingRig.key("s")
        let speaker = try await rig.peer()
        let listener = try await rig.peer()
        let out = try await speaker.publish(key, ssrc: 1)
        try await speaker.negotiate()
        _ = try await listener.play(key)
        try await listener.negotiate()
        for number in 0..<10 {
            try await speaker.send(
                out, sequence: UInt16(number), timestamp: UInt32(number) * 960, payload: [UInt8(number)], held: true)
        }
        let order = [0, 1, 3, 3, 2, 4, 6, 8, 1, 5, 9]
        await speaker.sendHeld(order)
        try await speaker.until("a request for what is missing") { $0.feedback.contains(.nack(ssrc: 1, numbers: [7])) }
        await speaker.sendHeld([7])
        try await listener.until("all") { $0.packets.count >= 10 }
        let packets = await listener.packets
        #expect(packets.map { Int($0.payload[0]) } == [0, 1, 3, 2, 4, 6, 8, 5, 9, 7])
        for packet in packets {
            let number = UInt16(packet.payload[0])
            #expect(packet.header.sequenceNumber == packets[0].header.sequenceNumber &+ number)
            #expect(packet.header.timestamp == packets[0].header.timestamp &+ UInt32(number) * 960)
        }
        #expect(await rig.forwarder.statistics().packetsLost == 0)
        await rig.close(speaker, listener)
    }
}

extension TrackResult {
    static func done(_ mid: String, isLive: Bool = false) -> TrackResult {
        TrackResult(mid: mid, failure: nil, isLive: isLive)
    }
}
