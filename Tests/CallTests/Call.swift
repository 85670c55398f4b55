import NetworkSimulation
import Transport
import WebRTC

/// A relay and clients on one simulated network. Signalling takes no time here.
struct Call {
    let simulation: Simulation
    let relay: Relay
    let parties: [CallParty]

    init(
        seed: UInt64, names: [String], conditions: LinkConditions = LinkConditions(), turnServers: [TURNServer] = []
    ) throws {
        simulation = Simulation(seed: seed)
        simulation.network.defaultConditions = conditions
        relay = try Relay(Self.address("192.0.2.10", 8790), seed: seed * 1000)
        simulation.add(relay)
        var parties: [CallParty] = []
        for (index, name) in names.enumerated() {
            let party = try CallParty(
                name, [Self.address("10.0.0.\(index + 1)")], seed: seed * 100 + UInt64(index),
                turnServers: turnServers)
            simulation.add(party)
            parties.append(party)
        }
        self.parties = parties
    }

    static func address(_ host: String, _ port: UInt16 = 5000) -> TransportAddress {
        TransportAddress(host: host, port: port) ?? TransportAddress(ipv4: 0, port: port)
    }

    /// Offers one spare section, as an engine does right after its login.
    func connect(_ party: CallParty) throws {
        if party.connection.sections.isEmpty { _ = try party.connection.addSection(.inactive) }
        try negotiate(party)
    }

    func connectAll() throws {
        for party in parties { try connect(party) }
    }

    var allConnected: Bool { parties.allSatisfy(\.connection.isConnected) }

    /// `publish` and `play`: mid to stream.
    func negotiate(
        _ party: CallParty, publish: [String: String] = [:], play: [String: String] = [:], restartICE: Bool = false
    ) throws {
        let offer = try party.connection.createOffer(restartICE: restartICE)
        let answer = try relay.negotiate(party.name, offer: offer, publish: publish, play: play, now: simulation.now)
        try party.connection.applyAnswer(answer, now: simulation.now)
        simulation.transmitAll()
    }

    /// Everybody publishes a stream of their name and plays those of all others. Gives the mid that each publishes
    /// with.
    func everybodyTalks() throws -> [String] {
        var mids: [String] = []
        for (index, party) in parties.enumerated() {
            let track = LocalTrack(ssrc: UInt32(index + 1) * 7, streamID: party.name, cname: party.name)
            let mid = try party.connection.addSection(.publish(track))
            var play: [String: String] = [:]
            for other in parties where other !== party { play[try party.connection.addSection(.play)] = other.name }
            try negotiate(party, publish: [mid: party.name], play: play)
            mids.append(mid)
        }
        return mids
    }
}
