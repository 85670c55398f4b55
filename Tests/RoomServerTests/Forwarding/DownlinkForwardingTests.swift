import RTP
import RoomServer
import Testing
import Transport
import WebRTC

@Suite(.serialized, .timeLimit(.minutes(1))) struct DownlinkForwardingTests {
    /// A publisher whose voice of 64 kb/s wants 98 with headers, and does what it is told.
    private actor Speaker {
        let peer: ForwardingPeer
        let mid: String
        private var sequence: UInt16 = 0
        private let began = MonotonicTime.now()

        init(_ peer: ForwardingPeer, mid: String) {
            self.peer = peer
            self.mid = mid
        }

        private func payload(_ estimate: UInt64?) -> [UInt8] {
            let budget = Int(min(estimate ?? .max, 98_000)) - StreamPlan.packetOverhead * 400
            // 20 ms of CELT.
            return [31 << 3] + [UInt8](repeating: 7, count: min(max(budget / 400, 30), 160) - 1)
        }

        /// Sends as time goes on until something holds; throws when it does not within `seconds`.
        func speak(
            until what: String, seconds: Double = 15, _ condition: @Sendable () async -> Bool
        ) async throws {
            let deadline = MonotonicTime.now().advanced(byMilliseconds: Int64(seconds * 1000))
            while await !condition() {
                let now = MonotonicTime.now()
                guard now < deadline else { throw ForwardingPeer.Wait(description: "spoke in vain: \(what)") }
                let payload = payload(await peer.estimates.last)
                while Int64(sequence) * 20 < Int64(now.milliseconds(since: began)) {
                    try await peer.send(
                        mid, sequence: sequence, timestamp: UInt32(sequence) * 960, payload: payload,
                        transportSequence: sequence)
                    sequence += 1
                }
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    private func numbered(_ packets: ArraySlice<ForwardingPeer.Packet>) -> Int {
        packets.filter { $0.extensions.transportSequenceNumber != nil }.count
    }

    /// Publisher and listener on different workers.
    @Test(arguments: [70_000, 55_000] as [Double])
    func thePublisherOfAListenerAloneIsTold(thin: Double) async throws {
        let rig = try await ForwardingRig(workers: 2)
        let key = try ForwardingRig.key("s")
        let peer = try await rig.peer()
        let listener = try await rig.peer()
        let speaker = Speaker(peer, mid: try await peer.publish(key, ssrc: 42))
        try await peer.negotiate()
        _ = try await listener.play(key)
        try await listener.negotiate()
        await listener.answerArrivals(asOverLineOf: thin)
        try await speaker.speak(until: "an estimate") { await !peer.estimates.isEmpty }
        #expect(await rig.forwarder.statistics().listenersLimited == 1)
        try await speaker.speak(until: "an empty queue") { await listener.lineQueue < 30_000_000 }
        let mark = await listener.packets.count
        try await speaker.speak(until: "two seconds") { await listener.packets.count >= mark + 100 }
        // It has stayed so.
        #expect(await listener.lineQueue < 300_000_000)
        #expect(await numbered(listener.packets.suffix(100)) == 100)
        let estimates = await peer.estimates
        #expect(estimates.allSatisfy { $0 > 23_000 && $0 < 100_000 }, "\(estimates)")
        let figures = await rig.forwarder.statistics()
        #expect(figures.packetsWithCopies == 0 && figures.publishersCapped >= estimates.count)
        // It leaves, and the cap with it.
        await rig.forwarder.stopPlay(try #require(await listener.session), key)
        try await speaker.speak(until: "the end of it") { await peer.estimates.last == PublisherCap.none }
        await rig.close(peer, listener)
    }

    /// Who hears it over a good line keeps a good voice.
    @Test func oneThinLineOfTwoTakesNoMoreThanAGoodVoiceLeaves() async throws {
        let rig = try await ForwardingRig(workers: 2)
        let key = try ForwardingRig.key("s")
        let (peer, thin, wide) = (try await rig.peer(), try await rig.peer(), try await rig.peer())
        let speaker = Speaker(peer, mid: try await peer.publish(key, ssrc: 42))
        try await peer.negotiate()
        for listener in [thin, wide] {
            _ = try await listener.play(key)
            try await listener.negotiate()
        }
        await wide.answerArrivals(asOverLineOf: 10_000_000)
        await thin.answerArrivals(asOverLineOf: 40_000)
        try await speaker.speak(until: "an estimate") { await !peer.estimates.isEmpty }
        let mark = await wide.packets.count
        try await speaker.speak(until: "three seconds") { await wide.packets.count >= mark + 150 }
        let floor = UInt64(StreamPlan.demand(bitrate: DownlinkShare.goodVoice, frameMilliseconds: 40))
        // Written in 18 bits.
        let estimates = await peer.estimates
        #expect(estimates.allSatisfy { $0 >= floor }, "\(estimates)")
        #expect(await rig.forwarder.statistics().listenersLimited == 1)
        // Alone, the thin one is followed further.
        await rig.forwarder.stopPlay(try #require(await wide.session), key)
        try await speaker.speak(until: "less") { await peer.estimates.last.map { $0 < floor } == true }
        await rig.close(peer, thin, wide)
    }

    /// Who does not say when packets came is soon not asked any more; who does not know REMB is not told.
    @Test func whoDoesNotAnswerIsLeftAlone() async throws {
        let rig = try await ForwardingRig()
        let key = try ForwardingRig.key("s")
        let (peer, deaf, thin) = (try await rig.peer(), try await rig.peer(), try await rig.peer())
        let speaker = Speaker(peer, mid: try await peer.publish(key, ssrc: 42))
        try await peer.negotiate(edit: { $0.replacing("a=rtcp-fb:111 goog-remb\r\n", with: "") })
        for listener in [deaf, thin] { _ = try await listener.play(key) }
        try await deaf.negotiate()
        try await thin.negotiate()
        await thin.answerArrivals(asOverLineOf: 60_000)
        try await speaker.speak(until: "numbers") { await numbered(deaf.packets.suffix(1)) == 1 }
        try await speaker.speak(until: "no more numbers") { await numbered(deaf.packets.suffix(50)) == 0 }
        try await speaker.speak(until: "a limit") { await rig.forwarder.statistics().listenersLimited == 1 }
        #expect(await rig.forwarder.statistics().listenersWatched == 1)
        #expect(await peer.estimates.isEmpty)
        await rig.close(peer, deaf, thin)
    }
}

extension ForwardingPeer {
    /// What the server has said of the listeners' lines, bits per second.
    var estimates: [UInt64] {
        feedback.compactMap { if case .estimate(let bitrate, _) = $0 { bitrate } else { nil } }
    }
}
