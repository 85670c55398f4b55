import NetworkSimulation
import Testing
import Transport
import WebRTC

/// Two full agents without a server in between: the offering side controls and, the answer being active, is passive in
/// DTLS.
struct DirectCallTests {
    @Test(arguments: 1...5)
    func twoClientsTalkDirectly(_ seed: Int) throws {
        let simulation = Simulation(seed: UInt64(seed))
        simulation.network.defaultConditions = .rough(loss: 0.1)
        let alice = try CallParty("alice", [Call.address("10.0.0.1")], seed: UInt64(seed) * 2)
        let bob = try CallParty("bob", [Call.address("10.0.0.2")], seed: UInt64(seed) * 2 + 1)
        simulation.add(alice)
        simulation.add(bob)
        let talk = try alice.connection.addSection(
            .publish(LocalTrack(ssrc: 1, streamID: "alice's stream", cname: "alice")))
        let listen = try alice.connection.addSection(.play)
        let offered = try bob.connection.applyOffer(alice.connection.createOffer(), now: .zero)
        #expect(offered.map(\.direction) == [.sendonly, .recvonly])
        #expect(offered[0].streamID == "alice's stream")
        let answer = try bob.connection.answer(
            [talk: .receive, listen: .send(LocalTrack(ssrc: 2, streamID: "bob", cname: "bob"))], now: .zero)
        try alice.connection.applyAnswer(answer, now: .zero)
        #expect(simulation.run(limit: 8000) { alice.connection.isConnected && bob.connection.isConnected })
        alice.sendPackets(100, mid: talk, from: simulation.now)
        bob.sendPackets(100, mid: listen, from: simulation.now)
        simulation.run(limit: 4000)
        #expect(alice.heard("bob").count > 75)
        #expect(bob.heard("alice").count > 75)
    }

    @Test func aWrongCertificateIsRefused() throws {
        let simulation = Simulation(seed: 3)
        let alice = try CallParty("alice", [Call.address("10.0.0.1")], seed: 1)
        let bob = try CallParty("bob", [Call.address("10.0.0.2")], seed: 2)
        simulation.add(alice)
        simulation.add(bob)
        let mid = try alice.connection.addSection(.play)
        _ = try bob.connection.applyOffer(alice.connection.createOffer(), now: .zero)
        let answer = try bob.connection.answer([mid: .inactive], now: .zero)
        var changed = try SessionDescription(answer)
        changed.media[0].transport.fingerprints[0].digest[0] ^= 1
        try alice.connection.applyAnswer(changed.write(), now: .zero)
        func hasFailed(_ party: CallParty) -> Bool {
            party.events.contains { if case .failed(.dtls) = $0.event { true } else { false } }
        }
        #expect(simulation.run(limit: 20_000) { hasFailed(alice) })
        #expect(!alice.connection.isConnected)
    }
}
