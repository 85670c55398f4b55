import NetworkSimulation
import Testing
import Transport
import WebRTC

/// Agents against each other over the simulated network, in virtual time.
struct ICEAgentTests {
    static func address(_ host: String, _ port: UInt16 = 5000) -> TransportAddress {
        TransportAddress(host: host, port: port) ?? TransportAddress(ipv4: 0, port: port)
    }

    static let alice = address("10.0.0.1")
    static let bob = address("10.0.0.2")

    /// Two agents that know each other's credentials and, if wanted, host candidates.
    struct Pair {
        let simulation: Simulation
        let left: ICEEndpoint
        let right: ICEEndpoint

        var bothSelected: Bool {
            (left.agent as? ICEAgent)?.selected != nil && (right.agent as? ICEAgent)?.selected != nil
        }

        func exchangeCredentials(candidates: Bool = true) {
            left.agent.setRemote(right.agent.localCredentials, isLite: false, now: simulation.now)
            right.agent.setRemote(left.agent.localCredentials, isLite: false, now: simulation.now)
            guard candidates else { return }
            for candidate in right.agent.localCandidates {
                left.agent.addRemoteCandidate(candidate, now: simulation.now)
            }
            for candidate in left.agent.localCandidates {
                right.agent.addRemoteCandidate(candidate, now: simulation.now)
            }
        }
    }

    static func agent(
        _ addresses: [TransportAddress], controlling: Bool, seed: UInt64, stun: [TransportAddress] = [],
        timers: ICETimers = ICETimers()
    ) -> ICEAgent {
        ICEAgent(
            addresses: addresses, stunServers: stun, isControlling: controlling, ufragPrefix: "", timers: timers,
            random: .seeded(seed), now: .zero)
    }

    static func pair(
        seed: UInt64, leftControlling: Bool = true, rightControlling: Bool = false,
        left: [TransportAddress] = [alice], right: [TransportAddress] = [bob]
    ) -> Pair {
        let simulation = Simulation(seed: seed)
        let leftEndpoint = ICEEndpoint(agent(left, controlling: leftControlling, seed: seed * 2 + 1), left)
        let rightEndpoint = ICEEndpoint(agent(right, controlling: rightControlling, seed: seed * 2 + 2), right)
        simulation.add(leftEndpoint)
        simulation.add(rightEndpoint)
        return Pair(simulation: simulation, left: leftEndpoint, right: rightEndpoint)
    }

    @Test func settlesInTwoRoundTripsOnACleanNetwork() {
        let pair = Self.pair(seed: 1)
        pair.exchangeCredentials()
        #expect(pair.simulation.run(limit: 1000) { pair.bothSelected })
        // A check and its answer, a nomination and its answer: 40 ms with 10 ms each way.
        #expect(pair.simulation.now <= MonotonicTime.zero.advanced(byMilliseconds: 45))
        #expect(pair.left.agent.path == TransportTuple(local: Self.alice, remote: Self.bob))
        #expect(pair.right.agent.path == TransportTuple(local: Self.bob, remote: Self.alice))
        #expect(pair.left.count(.connected) == 1)
    }

    @Test(arguments: 1...20)
    func settlesThroughLossReorderingAndDuplication(_ seed: Int) {
        let pair = Self.pair(seed: UInt64(seed))
        pair.simulation.network.defaultConditions = .rough(loss: 0.2)
        pair.exchangeCredentials()
        #expect(pair.simulation.run(limit: 8000) { pair.bothSelected })
    }

    @Test(arguments: [(true, true), (false, false)])
    func roleConflictsAreResolved(_ left: Bool, _ right: Bool) throws {
        for seed in 1...10 as ClosedRange<UInt64> {
            let pair = Self.pair(seed: seed, leftControlling: left, rightControlling: right)
            pair.exchangeCredentials()
            #expect(pair.simulation.run(limit: 3000) { pair.bothSelected })
            let one = try #require(pair.left.agent as? ICEAgent)
            let other = try #require(pair.right.agent as? ICEAgent)
            #expect(one.isControlling != other.isControlling)
        }
    }

    @Test func aPeerWithoutCandidatesIsLearntFromItsChecks() {
        let pair = Self.pair(seed: 3)
        pair.left.agent.setRemote(pair.right.agent.localCredentials, isLite: false, now: .zero)
        pair.right.agent.setRemote(pair.left.agent.localCredentials, isLite: false, now: .zero)
        for candidate in pair.right.agent.localCandidates { pair.left.agent.addRemoteCandidate(candidate, now: .zero) }
        #expect(pair.simulation.run(limit: 1000) { pair.bothSelected })
    }

    @Test func checksThatComeBeforeTheAnswerAreNotLost() {
        let pair = Self.pair(seed: 4)
        pair.left.agent.setRemote(pair.right.agent.localCredentials, isLite: false, now: .zero)
        for candidate in pair.right.agent.localCandidates { pair.left.agent.addRemoteCandidate(candidate, now: .zero) }
        pair.simulation.run(limit: 300)
        pair.right.agent.setRemote(pair.left.agent.localCredentials, isLite: false, now: pair.simulation.now)
        #expect(pair.simulation.run(limit: 500) { pair.bothSelected })
    }

    @Test func theBestOfManyPathsIsChosen() throws {
        // IPv4 first on both sides, so that it is preferred; the first remote address leads nowhere.
        let left = [Self.alice, Self.address("2001:db8::1")]
        let right = [Self.bob, Self.address("2001:db8::2")]
        let pair = Self.pair(seed: 5, left: left, right: right)
        pair.exchangeCredentials()
        #expect(pair.simulation.run(limit: 1000) { pair.bothSelected })
        #expect(pair.left.agent.path?.remote == Self.bob)
        #expect(pair.right.agent.path?.remote == Self.alice)
    }

    @Test func aDeadPathIsLeftForOneThatWorks() throws {
        let left = [Self.alice, Self.address("10.1.0.1")]
        let pair = Self.pair(seed: 6, left: left)
        pair.exchangeCredentials()
        #expect(pair.simulation.run(limit: 1000) { pair.bothSelected })
        #expect(pair.left.agent.path?.local == Self.alice)
        var dead = LinkConditions()
        dead.loss = .uniform(1)
        pair.simulation.network.setConditions(dead, from: Self.alice, to: Self.bob)
        #expect(
            pair.simulation.run(limit: 12_000) {
                pair.left.agent.path?.local == left[1] && pair.right.agent.path?.remote == left[1]
            })
        #expect(pair.left.has(.disconnected))
    }

    @Test func addressesComeAndGo() throws {
        let pair = Self.pair(seed: 7)
        pair.exchangeCredentials()
        #expect(pair.simulation.run(limit: 1000) { pair.bothSelected })
        let other = Self.address("10.1.0.1")
        let agent = try #require(pair.left.agent as? ICEAgent)
        pair.left.addresses.append(other)
        agent.addLocalAddress(other, now: pair.simulation.now)
        agent.removeLocalAddress(Self.alice, now: pair.simulation.now)
        #expect(pair.simulation.run(limit: 1000) { pair.right.agent.path?.remote == other })
        #expect(pair.left.agent.path?.local == other)
    }

    @Test func consentIsCheckedEveryFiveSecondsAndExpires() {
        let pair = Self.pair(seed: 8)
        pair.exchangeCredentials()
        #expect(pair.simulation.run(limit: 1000) { pair.bothSelected })
        let agent = pair.left.agent as? ICEAgent
        let before = agent?.checksSent ?? 0
        pair.simulation.run(limit: 60_000)
        let sent = (agent?.checksSent ?? 0) - before
        #expect(10...15 ~= sent)
        #expect(!pair.left.has(.disconnected))

        let cutAt = pair.simulation.now
        pair.simulation.network.defaultConditions.loss = .uniform(1)
        #expect(pair.simulation.run(limit: 10_000) { pair.left.has(.disconnected) })
        #expect(pair.left.agent.path != nil)
        #expect(pair.simulation.run(limit: 40_000) { pair.left.has(.failed(.consentExpired)) })
        #expect(pair.simulation.now.milliseconds(since: cutAt) <= 30_100)
        #expect(pair.left.agent.path == nil)
    }

    @Test func aShortOutageIsSurvived() {
        let pair = Self.pair(seed: 9)
        pair.exchangeCredentials()
        #expect(pair.simulation.run(limit: 1000) { pair.bothSelected })
        let now = pair.simulation.now
        pair.simulation.network.defaultConditions.outages = [now..<now.advanced(byMilliseconds: 15_000)]
        #expect(pair.simulation.run(limit: 14_000) { pair.left.has(.disconnected) })
        #expect(pair.simulation.run(limit: 20_000) { pair.left.count(.connected) == 2 })
        #expect(!pair.left.has(.failed(.consentExpired)))
    }

    @Test func anOutageAtTheStartIsSurvived() {
        let pair = Self.pair(seed: 10)
        pair.simulation.network.defaultConditions.outages = [
            MonotonicTime.zero..<MonotonicTime.zero.advanced(byMilliseconds: 18_000)
        ]
        pair.exchangeCredentials()
        #expect(pair.simulation.run(limit: 25_000) { pair.bothSelected })
    }

    @Test func withoutAPathItFails() {
        let pair = Self.pair(seed: 11)
        pair.simulation.network.defaultConditions.loss = .uniform(1)
        pair.exchangeCredentials()
        #expect(pair.simulation.run(limit: 31_000) { pair.left.has(.failed(.noPath)) })
        #expect(pair.left.agent.path == nil)
    }

    @Test(arguments: 1...5)
    func aRestartKeepsTheOldPathTillTheNewOneWorks(_ seed: Int) {
        let pair = Self.pair(seed: UInt64(seed))
        pair.simulation.network.defaultConditions = .rough(loss: 0.1)
        pair.exchangeCredentials()
        #expect(pair.simulation.run(limit: 8000) { pair.bothSelected })
        let old = pair.left.agent.localCredentials.ufrag
        let path = pair.left.agent.path
        pair.left.agent.restart()
        pair.right.agent.restart()
        #expect(pair.left.agent.localUfrags.count == 2)
        #expect(pair.left.agent.path == path)
        pair.simulation.run(limit: 500)
        #expect(pair.left.agent.path == path)
        pair.exchangeCredentials()
        #expect(pair.simulation.run(limit: 8000) { pair.left.has(.localUfragRetired(old)) })
        #expect(pair.left.agent.localUfrags == [pair.left.agent.localCredentials.ufrag])
        #expect(pair.left.agent.path == path)
    }

    @Test func anUnansweredRestartCanBeTakenBack() {
        let pair = Self.pair(seed: 12)
        pair.exchangeCredentials()
        #expect(pair.simulation.run(limit: 1000) { pair.bothSelected })
        let before = pair.left.agent.localCredentials
        pair.left.agent.restart()
        #expect(pair.left.agent.localCredentials != before)
        pair.left.agent.rollbackRestart()
        #expect(pair.left.agent.localCredentials == before)
        pair.simulation.run(limit: 40_000)
        #expect(!pair.left.has(.disconnected))
    }

    @Test func serverReflexiveCandidatesAreGathered() throws {
        let simulation = Simulation(seed: 13)
        let server = STUNServerEndpoint(Self.address("198.51.100.1", 3478))
        let nat = SimulatedNAT(outside: Self.address("203.0.113.1"))
        simulation.network.place(Self.alice, behind: nat)
        simulation.network.defaultConditions.loss = .uniform(0.3)
        let endpoint = ICEEndpoint(
            Self.agent([Self.alice], controlling: true, seed: 1, stun: server.addresses), [Self.alice])
        simulation.add(endpoint)
        simulation.add(server)
        #expect(simulation.run(limit: 8000) { endpoint.has(.gatheringComplete) })
        let reflexive = try #require(endpoint.agent.localCandidates.first { $0.kind == .serverReflexive })
        #expect(reflexive.address.host == "203.0.113.1")
        #expect(reflexive.base == Self.alice)
    }

    @Test func aSilentSTUNServerDoesNotHoldUpGathering() {
        let simulation = Simulation(seed: 14)
        let endpoint = ICEEndpoint(
            Self.agent([Self.alice], controlling: true, seed: 1, stun: [Self.address("198.51.100.1", 3478)]),
            [Self.alice])
        simulation.add(endpoint)
        #expect(simulation.run(limit: 10_000) { endpoint.has(.gatheringComplete) })
    }

    @Test func twoAgentsBehindTranslatorsMeet() {
        let left = SimulatedNAT(outside: Self.address("203.0.113.1"))
        let right = SimulatedNAT(outside: Self.address("203.0.113.2"))
        let server = STUNServerEndpoint(Self.address("198.51.100.1", 3478))
        let one = ICEEndpoint(
            Self.agent([Self.alice], controlling: true, seed: 31, stun: server.addresses), [Self.alice])
        let other = ICEEndpoint(
            Self.agent([Self.bob], controlling: false, seed: 32, stun: server.addresses), [Self.bob])
        let meeting = Pair(simulation: Simulation(seed: 15), left: one, right: other)
        meeting.simulation.network.place(Self.alice, behind: left)
        meeting.simulation.network.place(Self.bob, behind: right)
        for endpoint in [one, other] { meeting.simulation.add(endpoint) }
        meeting.simulation.add(server)
        #expect(
            meeting.simulation.run(limit: 3000) { one.has(.gatheringComplete) && other.has(.gatheringComplete) })
        // Only what the outside can reach is told.
        one.agent.setRemote(other.agent.localCredentials, isLite: false, now: meeting.simulation.now)
        other.agent.setRemote(one.agent.localCredentials, isLite: false, now: meeting.simulation.now)
        for candidate in other.agent.localCandidates where candidate.kind == .serverReflexive {
            one.agent.addRemoteCandidate(candidate, now: meeting.simulation.now)
        }
        for candidate in one.agent.localCandidates where candidate.kind == .serverReflexive {
            other.agent.addRemoteCandidate(candidate, now: meeting.simulation.now)
        }
        #expect(meeting.simulation.run(limit: 3000) { meeting.bothSelected })
    }

    @Test func theSameSeedGivesTheSameRun() {
        func run() -> [String] {
            let pair = Self.pair(seed: 99)
            pair.simulation.network.defaultConditions = .rough(loss: 0.2)
            pair.exchangeCredentials()
            pair.simulation.run(limit: 20_000)
            return (pair.left.events + pair.right.events).map { "\($0.at.nanoseconds) \($0.event)" }
        }
        #expect(run() == run())
    }
}
