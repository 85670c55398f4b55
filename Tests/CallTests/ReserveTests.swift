import NetworkSimulation
import Testing
import Transport
import WebRTC

/// Calls from networks that let no datagrams through to the server: by a TURN server, or over TCP.
struct ReserveTests {
    /// Nothing gets through.
    private static var dead: LinkConditions {
        var conditions = LinkConditions()
        conditions.loss = .uniform(1)
        return conditions
    }

    private static let turnAddress = Call.address("198.51.100.1", 3478)

    private static func server(_ address: TransportAddress = turnAddress) -> TURNServer {
        TURNServer(
            address: address, transport: .udp, hostName: "turn", username: "user", password: "password")
    }

    /// Alice's way to the server by UDP is dead; Bob's is not.
    private struct Rig {
        let call: Call
        let turn: SimulatedTURNServer
        var alice: CallParty { call.parties[0] }
        var bob: CallParty { call.parties[1] }
        let network: SimulatedNetwork

        init(seed: UInt64 = 1, turnServers: [TURNServer] = [ReserveTests.server()]) throws {
            call = try Call(seed: seed, names: ["alice", "bob"], turnServers: turnServers)
            network = call.simulation.network
            turn = SimulatedTURNServer(ReserveTests.turnAddress)
            call.simulation.add(turn)
            network.setConditions(ReserveTests.dead, from: alice.addresses[0], to: call.relay.addresses[0])
        }

        /// Brings the direct way to life.
        func mend() {
            network.setConditions(.clean(), from: Call.address("10.0.0.1"), to: call.relay.addresses[0])
        }

        func connect() throws {
            try call.connectAll()
            #expect(call.simulation.run(limit: 5000) { call.allConnected })
        }

        var carrier: TransportTuple.Carrier? { alice.connection.selectedPath?.carrier }

        /// Both talk for some seconds: how many packets of each the other hears.
        func talk(seconds: Int = 5, _ mids: [String]) -> (alice: Int, bob: Int) {
            let before = (bob.heard("alice").count, alice.heard("bob").count)
            for (party, mid) in zip(call.parties, mids) {
                party.sendPackets(seconds * 50, mid: mid, from: call.simulation.now)
            }
            call.simulation.run(limit: Int64(seconds) * 1000 + 500)
            return (bob.heard("alice").count - before.0, alice.heard("bob").count - before.1)
        }
    }

    @Test("by a TURN server behind a NAT: everything is heard, by channel; Bob leaves the TURN server alone")
    func relayed() throws {
        let rig = try Rig()
        let nat = SimulatedNAT(outside: Call.address("203.0.113.50", 0))
        rig.network.place(rig.alice.addresses[0], behind: nat)
        rig.alice.opensStreams = false
        try rig.connect()
        #expect(rig.carrier == .relay(0))
        #expect(rig.turn.allocationCount == 1)
        let mids = try rig.call.everybodyTalks()
        let heard = rig.talk(mids)
        #expect(heard.alice == 250)
        #expect(heard.bob == 250)
        #expect(rig.turn.channelDatagrams > 490)
        #expect(rig.turn.refusedDatagrams == 0)
        #expect(rig.call.relay.session("alice").connection.selectedPath?.remote.host == Self.turnAddress.host)
        rig.alice.connection.close(now: rig.call.simulation.now)
        rig.call.simulation.run(limit: 1000)
        #expect(rig.turn.allocationCount == 0)
    }

    @Test("an hour by the relay, through stale nonces", .timeLimit(.minutes(2)))
    func anHour() throws {
        let rig = try Rig()
        rig.alice.opensStreams = false
        try rig.connect()
        let mids = try rig.call.everybodyTalks()
        for _ in 0..<12 {
            let heard = rig.talk(seconds: 2, mids)
            #expect(heard.alice == 100)
            #expect(heard.bob == 100)
            rig.turn.changeNonce()
            rig.call.simulation.run(limit: 297_000)
        }
        #expect(rig.carrier == .relay(0))
        #expect(rig.turn.staleNonces >= 10)
        #expect(rig.alice.events.count { $0.event == .disconnected } == 0)
    }

    @Test(
        "the TURN server restarts: a new allocation, and an ICE restart brings the voice back",
        arguments: [Int64(0), 3000])
    func relayLost(afterMilliseconds delay: Int64) throws {
        let rig = try Rig()
        rig.alice.opensStreams = false
        try rig.connect()
        let mids = try rig.call.everybodyTalks()
        // At once: before the pair is nominated.
        rig.call.simulation.run(limit: delay)
        let lostAt = rig.call.simulation.now
        rig.turn.restart()
        #expect(rig.call.simulation.run(limit: 20_000) { rig.alice.events.contains { $0.event == .disconnected } })
        try rig.call.negotiate(
            rig.alice, publish: [mids[0]: "alice"], play: [:], restartICE: true)
        #expect(
            rig.call.simulation.run(limit: 20_000) {
                rig.alice.events.contains { $0.at > lostAt && $0.event == .iceConnected }
            })
        #expect(rig.carrier == .relay(0))
        #expect(rig.turn.allocationCount == 1)
        #expect(rig.talk(mids).alice == 250)
    }

    @Test("wrong credentials: no relay; with the right ones from a negotiation there is one")
    func freshCredentials() throws {
        var expired = Self.server()
        expired.password = "expired"
        let rig = try Rig(turnServers: [expired])
        rig.alice.opensStreams = false
        try rig.call.connectAll()
        rig.call.simulation.run(limit: 10_000)
        #expect(rig.carrier == nil)
        rig.alice.connection.update(
            [TURNCredentials(hostName: "turn", transport: .udp, username: "user", password: "password")],
            now: rig.call.simulation.now)
        rig.call.simulation.transmitAll()
        #expect(rig.call.simulation.run(limit: 5000) { rig.call.allConnected })
        #expect(rig.carrier == .relay(0))
    }

    @Test("sent on to another TURN server")
    func redirected() throws {
        let rig = try Rig()
        rig.alice.opensStreams = false
        let other = SimulatedTURNServer(Call.address("198.51.100.2", 3478))
        rig.call.simulation.add(other)
        rig.turn.alternate = other.address
        try rig.connect()
        #expect(rig.turn.allocationCount == 0)
        #expect(other.allocationCount == 1)
    }

    @Test("a TURN server without a place is asked again after a minute")
    func full() throws {
        let rig = try Rig()
        rig.alice.opensStreams = false
        rig.turn.refusals = [.insufficientCapacity]
        try rig.call.connectAll()
        rig.call.simulation.run(limit: 50_000)
        #expect(rig.turn.requests.count == 1)
        #expect(rig.call.simulation.run(limit: 20_000) { rig.alice.connection.isConnected })
    }

    @Test("over TCP where there is no TURN server, and back to UDP by an ICE restart when it lets through again")
    func overTCPAndBack() throws {
        let rig = try Rig(turnServers: [])
        try rig.connect()
        #expect(rig.carrier == .stream(1))
        // 300 ms of patience, then ICE and DTLS.
        #expect(rig.call.simulation.now < MonotonicTime.zero.advanced(byMilliseconds: 800))
        let mids = try rig.call.everybodyTalks()
        let heard = rig.talk(mids)
        #expect(heard.alice == 250)
        #expect(heard.bob == 250)

        rig.mend()
        try rig.call.negotiate(rig.alice, publish: [mids[0]: "alice"], play: [:], restartICE: true)
        rig.call.simulation.run(limit: 3000)
        #expect(rig.carrier == .udp)
        #expect(rig.alice.streams.isEmpty, "the connection is not kept")
        #expect(rig.talk(mids).alice == 250)
    }

    @Test("where UDP works no connection is made and no allocation", arguments: 1...5)
    func noReserveWithoutNeed(_ seed: Int) throws {
        let rig = try Rig(seed: UInt64(seed))
        rig.mend()
        try rig.connect()
        _ = rig.talk(try rig.call.everybodyTalks())
        for party in rig.call.parties {
            #expect(!party.events.contains { if case .openStream = $0.event { true } else { false } })
            #expect(party.connection.selectedPath?.carrier == .udp)
        }
        #expect(rig.turn.requests.isEmpty)
    }

    @Test("the TCP connection breaks: told at once, and another is made")
    func streamBreaks() throws {
        let rig = try Rig(turnServers: [])
        try rig.connect()
        let mids = try rig.call.everybodyTalks()
        let brokeAt = rig.call.simulation.now
        rig.alice.breakStreams(now: brokeAt)
        #expect(rig.alice.events.contains { $0.at == brokeAt && $0.event == .disconnected })
        #expect(rig.call.simulation.run(limit: 10_000) { rig.carrier == .stream(2) })
        #expect(rig.talk(mids).alice == 250)
    }

    @Test("UDP dies in the middle of a call: relay and TCP are opened then, and the relay over UDP is preferred")
    func diesLater() throws {
        let rig = try Rig()
        rig.mend()
        try rig.connect()
        #expect(rig.carrier == .udp)
        let mids = try rig.call.everybodyTalks()
        _ = rig.talk(mids)
        rig.network.setConditions(Self.dead, from: Call.address("10.0.0.1"), to: rig.call.relay.addresses[0])
        #expect(rig.call.simulation.run(limit: 30_000) { rig.carrier == .relay(0) })
        rig.call.simulation.run(limit: 5000)
        #expect(rig.carrier == .relay(0))
        #expect(rig.talk(mids).alice == 250)
    }

    @Test("an offer full of mDNS names connects all the same")
    func mDNSCandidates() throws {
        let call = try Call(seed: 4, names: ["alice"])
        let alice = call.parties[0]
        _ = try alice.connection.addSection(.inactive)
        var offer = try SessionDescription(alice.connection.createOffer())
        offer.media[0].candidates = (0..<40).map { number in
            "candidate:\(number) 1 udp 2122260223 3f1c0f0c-1f2e-4a3b-9c3d-0a1b2c3d\(4000 + number).local 54321 typ host"
        }
        let answer = try call.relay.negotiate("alice", offer: offer.write(), now: call.simulation.now)
        try alice.connection.applyAnswer(answer, now: call.simulation.now)
        call.simulation.transmitAll()
        #expect(call.simulation.run(limit: 2000) { call.allConnected })
    }
}
