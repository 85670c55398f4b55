import NetworkSimulation
import Testing
import Transport
import WebRTC

/// The lite agent of a server, alone and against the full agent.
struct ICELiteAgentTests {
    private static let server = ICEAgentTests.address("192.0.2.10", 8790)
    private static let client = ICEAgentTests.alice

    private struct Session {
        let simulation: Simulation
        let client: ICEEndpoint
        let server: ICEEndpoint

        func connect() {
            client.agent.setRemote(server.agent.localCredentials, isLite: true, now: simulation.now)
            server.agent.setRemote(client.agent.localCredentials, isLite: false, now: simulation.now)
            for candidate in server.agent.localCandidates {
                client.agent.addRemoteCandidate(candidate, now: simulation.now)
            }
        }

        var isUp: Bool { (client.agent as? ICEAgent)?.selected != nil && server.agent.path != nil }
    }

    private static func session(seed: UInt64) -> Session {
        let simulation = Simulation(seed: seed)
        let client = ICEEndpoint(ICEAgentTests.agent([client], controlling: true, seed: seed), [client])
        let server = ICEEndpoint(
            ICELiteAgent(addresses: [server], ufragPrefix: "w1", timers: ICETimers(), random: .seeded(seed + 100)),
            [server])
        simulation.add(client)
        simulation.add(server)
        return Session(simulation: simulation, client: client, server: server)
    }

    @Test(arguments: 1...10)
    func clientsConnectThroughRoughNetworks(_ seed: Int) {
        let session = Self.session(seed: UInt64(seed))
        session.simulation.network.defaultConditions = .rough(loss: 0.2)
        session.connect()
        #expect(session.simulation.run(limit: 8000) { session.isUp })
        #expect(session.server.agent.localCredentials.ufrag.hasPrefix("w1"))
    }

    @Test func aClientBehindARebindingTranslatorIsFollowed() {
        let session = Self.session(seed: 2)
        let nat = SimulatedNAT(outside: ICEAgentTests.address("203.0.113.1"))
        session.simulation.network.place(Self.client, behind: nat)
        session.connect()
        #expect(session.simulation.run(limit: 1000) { session.isUp })
        let before = session.server.agent.path
        nat.rebind()
        #expect(session.simulation.run(limit: 7000) { session.server.agent.path != before })
        #expect(session.server.agent.path?.remote.host == "203.0.113.1")
        #expect(!session.client.has(.disconnected))
    }

    @Test func aRestartIsServedOnBothUfragsTillNominated() {
        let session = Self.session(seed: 3)
        session.connect()
        #expect(session.simulation.run(limit: 1000) { session.isUp })
        let old = session.server.agent.localCredentials.ufrag
        session.client.agent.restart()
        session.server.agent.restart()
        #expect(session.server.agent.localUfrags.count == 2)
        // The old generation's consent goes on meanwhile.
        session.simulation.run(limit: 12_000)
        #expect(!session.client.has(.disconnected))
        session.connect()
        #expect(session.simulation.run(limit: 1000) { session.server.has(.localUfragRetired(old)) })
        #expect(session.server.agent.localUfrags == [session.server.agent.localCredentials.ufrag])
        session.simulation.run(limit: 30_000)
        #expect(!session.client.has(.disconnected))
    }

    @Test func itsLivenessIsTheClientsChecks() {
        let session = Self.session(seed: 4)
        session.connect()
        #expect(session.simulation.run(limit: 1000) { session.isUp })
        session.simulation.run(limit: 60_000)
        #expect(!session.server.has(.disconnected))
        session.simulation.network.defaultConditions.loss = .uniform(1)
        #expect(session.simulation.run(limit: 16_000) { session.server.has(.disconnected) })
        #expect(session.simulation.run(limit: 31_000) { session.server.has(.failed(.consentExpired)) })
        #expect(session.server.agent.path == nil)
    }

    // MARK: By hand

    private static func check(
        _ agent: ICELiteAgent, ufrag: String? = nil, password: String? = nil, useCandidate: Bool = false,
        controlled: Bool = false, from port: UInt16, now: MonotonicTime
    ) -> DropReason? {
        var buffer = [UInt8](repeating: 0, count: STUNWriter.maximumLength)
        return buffer.withUnsafeMutableBytes { bytes in
            var writer = STUNWriter(bytes, .request, STUNTransactionID(high: UInt64(port), low: 1))
            writer.addUsername(Array("\(ufrag ?? agent.localCredentials.ufrag):peer".utf8))
            writer.addPriority(1)
            writer.addRole(controlling: !controlled, tieBreaker: 1)
            if useCandidate { writer.addUseCandidate() }
            writer.addIntegrity(STUNKey(password: password ?? agent.localCredentials.password))
            writer.addFingerprint()
            guard let message = STUNMessage(UnsafeRawBufferPointer(rebasing: bytes[..<writer.length])) else {
                return .malformedSTUN
            }
            let tuple = TransportTuple(local: server, remote: ICEAgentTests.address("10.0.0.9", port))
            return agent.receive(message, on: tuple, now: now)
        }
    }

    private static func answers(of agent: ICELiteAgent) -> Int {
        var count = 0
        withUnsafeTemporaryAllocation(byteCount: 2048, alignment: 8) { buffer in
            while agent.nextTransmit(into: buffer) != nil { count += 1 }
        }
        return count
    }

    private static func lite() -> ICELiteAgent {
        ICELiteAgent(addresses: [server], ufragPrefix: "w1", timers: ICETimers(), random: .seeded(5))
    }

    @Test func strangersGetNoAnswer() {
        let agent = Self.lite()
        #expect(Self.check(agent, ufrag: "somebodyelse", from: 1, now: .zero) == .unknownUsername)
        #expect(Self.check(agent, password: "0123456789012345678901", from: 1, now: .zero) == .failedIntegrity)
        #expect(Self.answers(of: agent) == 0)
        #expect(!agent.isValidated(TransportTuple(local: Self.server, remote: ICEAgentTests.address("10.0.0.9", 1))))
    }

    @Test func eightTuplesAreRememberedAndTheSelectedOneAlways() {
        let agent = Self.lite()
        func tuple(_ port: UInt16) -> TransportTuple {
            TransportTuple(local: Self.server, remote: ICEAgentTests.address("10.0.0.9", port))
        }
        for port in 1...8 as ClosedRange<UInt16> {
            #expect(
                Self.check(
                    agent, useCandidate: port == 1, from: port, now: MonotonicTime(nanoseconds: Int64(port))) == nil)
        }
        #expect((1...8).allSatisfy { agent.isValidated(tuple($0)) })
        _ = Self.check(agent, from: 9, now: MonotonicTime(nanoseconds: 9))
        #expect(agent.isValidated(tuple(1)))
        #expect(!agent.isValidated(tuple(2)))
        #expect(agent.isValidated(tuple(9)))
        #expect(agent.path == tuple(1))
        _ = Self.check(agent, useCandidate: true, from: 9, now: MonotonicTime(nanoseconds: 10))
        #expect(agent.path == tuple(9))
    }

    @Test func aControlledPeerIsToldToTakeControl() throws {
        let agent = Self.lite()
        #expect(Self.check(agent, controlled: true, from: 1, now: .zero) == nil)
        try withUnsafeTemporaryAllocation(byteCount: 2048, alignment: 8) { buffer in
            let answer = try #require(agent.nextTransmit(into: buffer))
            let message = STUNMessage(UnsafeRawBufferPointer(rebasing: buffer[..<answer.length]))
            #expect(message?.errorCode == 487)
        }
    }

    @Test func aFloodOfChecksDoesNotPileUpAnswers() {
        let agent = Self.lite()
        for _ in 0..<1000 { _ = Self.check(agent, from: 1, now: .zero) }
        #expect(Self.answers(of: agent) <= 16)
    }
}
