import RTP
import RoomServer
import Testing
import Transport
import WebRTC

@Suite(.timeLimit(.minutes(1))) struct FeedbackForwardingTests {
    @Test func aNACKIsAnsweredWithTheSameBytes() async throws {
        let rig = try await ForwardingRig()
        let key = try ForwardingRig.key("s")
        let speaker = try await rig.peer()
        let listener = try await rig.peer()
        let out = try await speaker.publish(key, ssrc: 1)
        try await speaker.negotiate()
        _ = try await listener.play(key)
        try await listener.negotiate()
        for number in 0..<30 {
            try await speaker.send(
                out, sequence: UInt16(number), timestamp: UInt32(number) * 960,
                payload: [UInt8](repeating: UInt8(number), count: 150))
        }
        try await listener.until("all") { $0.packets.count == 30 }
        let packets = await listener.packets
        let wanted = [3, 4, 20].map { packets[$0] }
        let ssrc = packets[0].header.ssrc
        try await listener.requestAgain(ssrc: ssrc, wanted.map(\.header.sequenceNumber))
        // Our own connection calls them replays, which is how we know that nothing was protected anew.
        try await listener.until("three again") { $0.refusedDatagrams.count >= 3 }
        #expect(await listener.refusedDatagrams == wanted.map(\.datagram))
        // What was never sent cannot be sent again.
        try await listener.requestAgain(ssrc: ssrc, [packets[29].header.sequenceNumber &+ 1])
        try await rig.until("a miss") { await rig.forwarder.statistics().retransmissionsMissed == 1 }
        #expect(await rig.forwarder.statistics().packetsRetransmitted == 3)
        await rig.close(speaker, listener)
    }

    @Test func reportsGoBothWays() async throws {
        let rig = try await ForwardingRig(workers: 2)
        let key = try ForwardingRig.key("s")
        let speaker = try await rig.peer()
        let listener = try await rig.peer()
        let out = try await speaker.publish(key, ssrc: 42)
        try await speaker.negotiate()
        let mid = try await listener.play(key)
        try await listener.negotiate()
        for number in 0..<20 where number != 7 {
            try await speaker.send(
                out, sequence: UInt16(number), timestamp: UInt32(number) * 960, payload: [1, 2, 3],
                transportSequence: UInt16(number))
        }
        try await listener.until("all") { $0.packets.count == 19 }
        let ssrc = try #require(await listener.section(mid)?.remoteSSRCs.first)
        try await speaker.until("a receiver report") { peer in
            peer.feedback.contains {
                if case .receiverReport(let block) = $0 {
                    block.ssrc == 42 && block.cumulativeLost == 1 && block.highestSequenceNumber == 19
                } else {
                    false
                }
            }
        }
        try await speaker.until("transport-wide feedback") { peer in
            peer.feedback.reduce(0) { sum, item in
                if case .arrivals(let count) = item { sum + count } else { sum }
            } == 19
        }
        try await listener.until("a sender report") { peer in
            peer.feedback.contains {
                if case .senderReport(ssrc, _, let timestamp, 19) = $0 {
                    // The report's moment lies shortly after the last packet's.
                    timestamp.serialDistance(from: peer.packets[18].header.timestamp) < 48_000 * 10
                } else {
                    false
                }
            }
        }
        await rig.close(speaker, listener)
    }

    @Test func listenersHearThatAStreamEndsForThem() async throws {
        let rig = try await ForwardingRig()
        let key = try ForwardingRig.key("s")
        let speaker = try await rig.peer()
        let listener = try await rig.peer()
        let out = try await speaker.publish(key, ssrc: 42)
        try await speaker.negotiate()
        let mid = try await listener.play(key)
        try await listener.negotiate()
        try await speaker.send(out, sequence: 1, timestamp: 0, payload: [1])
        try await listener.until("a packet") { $0.packets.count == 1 }
        let ssrc = await listener.packets[0].header.ssrc
        await rig.forwarder.stopPlay(try #require(await listener.session), key)
        try await listener.until("BYE") { $0.feedback.contains(.goodbye([ssrc])) }
        try await speaker.send(out, sequence: 2, timestamp: 960, payload: [2])
        // The freed section, used again, has another SSRC.
        try await listener.free(mid)
        let again = try await listener.play(key)
        #expect(again == mid)
        try await listener.negotiate()
        try await speaker.send(out, sequence: 3, timestamp: 1920, payload: [3])
        try await listener.until("the third packet") { $0.packets.last?.payload == [3] }
        #expect(await listener.packets.map(\.payload) == [[1], [3]])
        #expect(await listener.packets[1].header.ssrc != ssrc)
        await rig.forwarder.stop()
        try await listener.until("the server's end") { $0.isClosedByPeer }
        await rig.close(speaker, listener)
    }

    @Test func silenceAndGoodbyeOfAPublisherAreTold() async throws {
        let rig = try await ForwardingRig(streamSilenceMilliseconds: 200)
        let key = try ForwardingRig.key("s")
        let speaker = try await rig.peer()
        let out = try await speaker.publish(key, ssrc: 42)
        try await speaker.negotiate()
        try await speaker.send(out, sequence: 1, timestamp: 0, payload: [1])
        let events = speaker.events
        try await rig.until("silence") { events.contains(.streamStopped(key)) }
        try await speaker.send(out, sequence: 2, timestamp: 960, payload: [1])
        try await rig.until("sound") { events.all.filter { $0 == .streamStarted(key) }.count == 2 }
        try await speaker.sendRTCP { $0.goodbye(ssrc: 42) }
        try await rig.until("BYE") { events.all.filter { $0 == .streamStopped(key) }.count == 2 }
        await rig.close(speaker)
    }

    @Test func aPeerThatIsNotHeardIsReported() async throws {
        var timers = ICETimers()
        timers.liteDisconnectedAfter = 400
        timers.liteFailedAfter = 1500
        let rig = try await ForwardingRig(timers: timers)
        let peer = try await rig.peer()
        let events = peer.events
        await peer.setMuted(true)
        try await rig.until("disconnected") { events.contains(.disconnected) }
        await peer.setMuted(false)
        try await rig.until("reconnected") { events.contains(.reconnected) }
        await peer.setMuted(true)
        try await rig.until("failed") {
            events.all.contains { if case .failed = $0 { true } else { false } }
        }
        await rig.close(peer)
    }
}
