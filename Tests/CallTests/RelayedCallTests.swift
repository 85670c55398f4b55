import NetworkSimulation
import RTP
import Testing
import Transport
import WebRTC

/// Whole calls through a relay, in virtual time.
struct RelayedCallTests {
    @Test func theTransportIsUpWithinAFewRoundTrips() throws {
        let call = try Call(seed: 1, names: ["alice"])
        try call.connectAll()
        #expect(call.simulation.run(limit: 2000) { call.allConnected })
        // One check and its answer, then two round trips of DTLS: 3 × 20 ms.
        #expect(call.simulation.now <= MonotonicTime.zero.advanced(byMilliseconds: 90))
        #expect(call.parties[0].has(.connected(.aeadAES128GCM)))
    }

    @Test func twoTalkOnACleanNetworkAndHearEverything() throws {
        let call = try Call(seed: 2, names: ["alice", "bob"])
        try call.connectAll()
        #expect(call.simulation.run(limit: 2000) { call.allConnected })
        let mids = try call.everybodyTalks()
        for (party, mid) in zip(call.parties, mids) { party.sendPackets(500, mid: mid, from: call.simulation.now) }
        call.simulation.run(limit: 11_000)
        #expect(call.parties[0].heard("bob").count == 500)
        #expect(call.parties[1].heard("alice").count == 500)
        #expect(call.parties[0].heard("alice").isEmpty)
        for party in call.parties { #expect(party.connection.statistics.droppedInAll == 0) }
        for session in call.relay.sessions { #expect(session.connection.statistics.droppedInAll == 0) }
        // The streams were announced by SSRC and name.
        let playing = try #require(call.parties[0].connection.sections.first { $0.direction.receives })
        #expect(playing.remoteStreamID == "bob")
        #expect(Set(call.parties[0].arrivals.map(\.ssrc)) == Set(playing.remoteSSRCs))
        #expect(Set(call.parties[0].arrivals.map(\.section)) == [playing.index])
    }

    @Test(arguments: 1...8)
    func threeTalkOnARoughNetwork(_ seed: Int) throws {
        let call = try Call(seed: UInt64(seed), names: ["alice", "bob", "carol"], conditions: .rough(loss: 0.1))
        try call.connectAll()
        #expect(call.simulation.run(limit: 8000) { call.allConnected })
        let mids = try call.everybodyTalks()
        for (party, mid) in zip(call.parties, mids) { party.sendPackets(500, mid: mid, from: call.simulation.now) }
        call.simulation.run(limit: 12_000)
        for party in call.parties {
            for other in call.parties where other !== party {
                let heard = party.heard(other.name)
                // Two legs of 10 % loss each.
                #expect(350...450 ~= heard.count)
                // Each at most once, although the network doubles one in twenty.
                #expect(Set(heard.map(\.text)).count == heard.count)
            }
            #expect(party.connection.statistics.dropped(.replayed) > 0)
            #expect(party.connection.statistics.dropped(.failedAuthentication) == 0)
        }
    }

    @Test func burstsOfLossAndAnOutageAreSurvived() throws {
        var conditions = LinkConditions.clean(delay: 40)
        conditions.loss = .gilbertElliott(goodToBad: 0.02, badToGood: 0.2, lossWhenBad: 0.8)
        let call = try Call(seed: 5, names: ["alice", "bob"], conditions: conditions)
        try call.connectAll()
        #expect(call.simulation.run(limit: 8000) { call.allConnected })
        let mids = try call.everybodyTalks()
        for (party, mid) in zip(call.parties, mids) { party.sendPackets(1500, mid: mid, from: call.simulation.now) }
        call.simulation.run(limit: 5000)
        let now = call.simulation.now
        let back = now.advanced(byMilliseconds: 8000)
        call.simulation.network.defaultConditions.outages = [now..<back]
        #expect(call.simulation.run(limit: 8000) { call.parties[0].has(.disconnected) })
        call.simulation.run(limit: 25_000)
        #expect(call.parties[0].events.filter { $0.event == .iceConnected }.count == 2)
        #expect(call.parties[1].arrivals.contains { $0.at > back })
        let afterwards = call.parties[1].arrivals.filter { $0.at > back }
        #expect((afterwards.first?.at ?? .distantFuture) < back.advanced(byMilliseconds: 500))
    }

    @Test func anICERestartKeepsKeysAndAudio() throws {
        let call = try Call(seed: 6, names: ["alice", "bob"])
        try call.connectAll()
        #expect(call.simulation.run(limit: 2000) { call.allConnected })
        let mids = try call.everybodyTalks()
        for (party, mid) in zip(call.parties, mids) { party.sendPackets(500, mid: mid, from: call.simulation.now) }
        call.simulation.run(limit: 2000)
        let alice = call.parties[0]
        let before = alice.connection.localUfrags
        let playMid = try #require(alice.connection.sections.first { $0.direction.receives }).mid
        try call.negotiate(alice, publish: [mids[0]: "alice"], play: [playMid: "bob"], restartICE: true)
        #expect(alice.connection.localUfrags.count == 2)
        call.simulation.run(limit: 10_000)
        #expect(alice.connection.localUfrags.count == 1 && alice.connection.localUfrags != before)
        #expect(alice.has(.localUfragRetired(before[0])))
        #expect(alice.events.filter { if case .connected = $0.event { true } else { false } }.count == 1)
        #expect(call.parties[1].heard("alice").count == 500)
        #expect(alice.heard("bob").count == 500)
        #expect(call.relay.sessions[0].ufrags.count == 1)
    }

    @Test func aMoveToAnotherNetworkKeepsTheCall() throws {
        let call = try Call(seed: 7, names: ["alice", "bob"])
        try call.connectAll()
        #expect(call.simulation.run(limit: 2000) { call.allConnected })
        let mids = try call.everybodyTalks()
        for (party, mid) in zip(call.parties, mids) { party.sendPackets(500, mid: mid, from: call.simulation.now) }
        call.simulation.run(limit: 2000)
        let alice = call.parties[0]
        let other = Call.address("10.9.0.1")
        alice.addresses.append(other)
        alice.connection.addLocalAddress(other, now: call.simulation.now)
        alice.connection.removeLocalAddress(Call.address("10.0.0.1"), now: call.simulation.now)
        call.simulation.run(limit: 12_000)
        #expect(alice.connection.selectedPath?.local == other)
        #expect(alice.heard("bob").count > 490)
        #expect(call.parties[1].heard("alice").count > 490)
    }

    @Test func aRebindingTranslatorIsFollowedWithinASecond() throws {
        let call = try Call(seed: 8, names: ["alice", "bob"])
        let nat = SimulatedNAT(outside: Call.address("203.0.113.1"))
        call.simulation.network.place(Call.address("10.0.0.1"), behind: nat)
        try call.connectAll()
        #expect(call.simulation.run(limit: 2000) { call.allConnected })
        let mids = try call.everybodyTalks()
        for (party, mid) in zip(call.parties, mids) { party.sendPackets(1000, mid: mid, from: call.simulation.now) }
        call.simulation.run(limit: 3000)
        nat.rebind()
        let at = call.simulation.now
        call.simulation.run(limit: 1000)
        // What the relay sent to the old mapping is lost; the silence makes alice check her path.
        #expect(call.parties[0].arrivals.contains { $0.at > at.advanced(byMilliseconds: 100) })
        #expect(call.parties[1].arrivals.contains { $0.at > at.advanced(byMilliseconds: 100) })
        #expect(!call.parties[0].has(.disconnected))
    }

    @Test func strangersAreDroppedAndCounted() throws {
        let call = try Call(seed: 9, names: ["alice", "bob"])
        try call.connectAll()
        #expect(call.simulation.run(limit: 2000) { call.allConnected })
        let session = call.relay.session("alice").connection
        let stranger = Call.address("198.51.100.66", 6666)
        let here = Call.address("192.0.2.10", 8790)
        func receive(_ bytes: [UInt8]) -> ReceivedDatagram {
            var bytes = bytes
            return bytes.withUnsafeMutableBytes {
                session.receive($0, from: stranger, to: here, now: call.simulation.now)
            }
        }
        var random = RandomSource.seeded(9)
        #expect(receive([128, 111] + random.bytes(60)) == .dropped(.unvalidatedPath))
        #expect(receive([128, 200] + random.bytes(60)) == .dropped(.unvalidatedPath))
        #expect(receive([22, 254, 253] + random.bytes(60)) == .dropped(.unvalidatedPath))
        #expect(receive([0, 1] + random.bytes(60)) == .dropped(.malformedSTUN))
        #expect(receive([255] + random.bytes(60)) == .dropped(.unknownProtocol))
        #expect(receive([]) == .dropped(.length))
        #expect(receive([UInt8](repeating: 128, count: 2049)) == .dropped(.length))
        for _ in 0..<5000 { _ = receive(random.bytes(Int.random(in: 0...300, using: &random))) }
        #expect(session.isConnected)
        // From the right address but without the key.
        let alice = try #require(session.selectedPath)
        var forged = [128, 111] + random.bytes(60)
        let result = forged.withUnsafeMutableBytes {
            session.receive($0, from: alice.remote, to: alice.local, now: call.simulation.now)
        }
        #expect(result == .dropped(.failedAuthentication))
        #expect(session.statistics.dropped(.failedAuthentication) >= 1)
    }

    @Test func sectionsAreUsedAgainAndTheDescriptionDoesNotGrow() throws {
        let call = try Call(seed: 10, names: ["alice"])
        let alice = call.parties[0]
        try call.connectAll()
        var lengths: [Int] = []
        for round in 0..<50 {
            let mid = try alice.connection.addSection(
                .publish(LocalTrack(ssrc: 1000 + UInt32(round), streamID: "stream\(10 + round)", cname: "a")))
            let play = try alice.connection.addSection(.play)
            try call.negotiate(alice, publish: [mid: "x"], play: [play: "other"])
            try alice.connection.setSection(mid, .inactive)
            try alice.connection.setSection(play, .inactive)
            try call.negotiate(alice)
            lengths.append(try alice.connection.createOffer().utf8.count)
            alice.connection.rollbackOffer()
        }
        #expect(alice.connection.sections.count == 2)
        // But for the digits of the session version and of the SSRCs.
        #expect((lengths.max() ?? 0) - (lengths.min() ?? 0) < 20)
    }

    @Test func goodbyeIsHeard() throws {
        let call = try Call(seed: 11, names: ["alice"])
        try call.connectAll()
        #expect(call.simulation.run(limit: 2000) { call.allConnected })
        call.parties[0].connection.close(now: call.simulation.now)
        #expect(
            call.simulation.run(limit: 1000) { call.relay.sessions[0].events.contains(.closedByPeer) })
    }

    @Test func theSameSeedGivesTheSameOrderOfEvents() throws {
        func run() throws -> [String] {
            let call = try Call(seed: 77, names: ["alice", "bob", "carol"], conditions: .rough(loss: 0.15))
            try call.connectAll()
            call.simulation.run(limit: 6000) { call.allConnected }
            let mids = try call.everybodyTalks()
            for (party, mid) in zip(call.parties, mids) { party.sendPackets(100, mid: mid, from: call.simulation.now) }
            call.simulation.run(limit: 4000)
            return call.relay.log
                + call.parties.flatMap { party in
                    party.arrivals.map { "\($0.at.nanoseconds) \(party.name) \($0.text)" }
                }
        }
        #expect(try run() == run())
    }
}
