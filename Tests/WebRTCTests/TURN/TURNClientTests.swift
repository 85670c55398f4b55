import NetworkSimulation
import Testing
import Transport
import WebRTC

/// A TURN client against a simulated server, in virtual time.
struct TURNClientTests {
    struct Rig {
        let simulation: Simulation
        let server: SimulatedTURNServer
        let endpoint: TURNEndpoint
        let peer: EchoEndpoint

        var client: TURNClient { endpoint.client }
        var peerAddress: TransportAddress { peer.addresses[0] }

        init(
            seed: UInt64 = 1, password: String = "password", transport: TURNTransport = .udp,
            _ prepare: (SimulatedTURNServer) -> Void = { _ in }
        ) {
            simulation = Simulation(seed: seed)
            server = SimulatedTURNServer(ICEAgentTests.address("198.51.100.1", 3478))
            prepare(server)
            let configuration = TURNServer(
                address: server.address, transport: transport, username: "user", password: password)
            endpoint = TURNEndpoint(
                TURNClient(server: configuration, random: .seeded(seed), now: .zero),
                ICEAgentTests.address("10.0.0.1"))
            peer = EchoEndpoint(ICEAgentTests.address("203.0.113.1", 7000))
            simulation.add(server)
            simulation.add(endpoint)
            simulation.add(peer)
        }

        /// Says something, and whether it comes back within a second.
        func echoes(_ text: String) -> Bool {
            let before = endpoint.heard.count
            guard endpoint.say(text, to: peerAddress) else { return false }
            let came = simulation.run(limit: 1000) { endpoint.heard.count > before }
            return came && endpoint.heard.last?.text == text && endpoint.heard.last?.from == peerAddress
        }
    }

    @Test("allocates in two round trips, with each of the algorithms", arguments: [nil, [1], [2, 1], [9, 2]])
    func allocates(_ algorithms: [UInt16]?) {
        let rig = Rig { $0.algorithms = algorithms }
        #expect(rig.simulation.run(limit: 200) { rig.endpoint.relayed != nil })
        #expect(rig.simulation.now == MonotonicTime.zero.advanced(byMilliseconds: 40))
        #expect(rig.server.addresses.contains { $0 == rig.endpoint.relayed })
        rig.client.permit(rig.peerAddress, now: rig.simulation.now)
        #expect(rig.echoes("hello"))
        rig.client.close(now: rig.simulation.now)
        rig.simulation.run(limit: 1000)
        #expect(rig.server.allocationCount == 0)
    }

    @Test("the key of SHA-256 is that of the RFC")
    func sha256Key() throws {
        // printf 'user:realm:pass' | sha256sum
        let key = try #require(
            TURNKey.make(username: Array("user".utf8), realm: Array("realm".utf8), password: "pass", algorithm: 2))
        #expect(
            key == hex("07e934117abd40836e7c6329b54731b2b2d2a5f9a71f544922d75e0730d8251b"))
    }

    @Test("what is taken out of a challenge is missed: no fall-back to weaker algorithms")
    func downgrade() {
        let rig = Rig { $0.dropsAlgorithms = true }
        rig.simulation.run(limit: 60_000)
        #expect(rig.endpoint.failure == .credentialsRefused)
        #expect(rig.server.requests.isEmpty)
    }

    @Test("a wrong password is not tried again")
    func wrongPassword() {
        let rig = Rig(password: "wrong")
        rig.simulation.run(limit: 60_000)
        #expect(rig.endpoint.failure == .credentialsRefused)
        #expect(rig.client.deadline == .distantFuture)
    }

    @Test(
        "errors of the server and what they mean",
        arguments: [
            (STUNErrorCode.allocationQuotaReached, TURNFailure.full), (.insufficientCapacity, .full),
            (.wrongCredentials, .credentialsRefused), (.allocationMismatch, .lost), (.forbidden, .refused(403)),
            (.badRequest, .refused(400)),
        ])
    func refusals(_ code: STUNErrorCode, _ failure: TURNFailure) {
        let rig = Rig { $0.refusals = [code] }
        rig.simulation.run(limit: 60_000)
        #expect(rig.endpoint.events == [.ended(failure)])
        #expect(rig.server.allocationCount == 0)
    }

    @Test("a server that has no IPv4 is asked for IPv6; another server is told to the caller")
    func otherFamilyAndServer() {
        let family = Rig { $0.refusals = [.addressFamilyNotSupported] }
        #expect(family.simulation.run(limit: 500) { family.endpoint.relayed != nil })
        let other = ICEAgentTests.address("198.51.100.2", 3479)
        let redirected = Rig { $0.alternate = other }
        redirected.simulation.run(limit: 1000)
        #expect(redirected.endpoint.failure == .redirected(other, domain: nil))
    }

    @Test("nobody answers: over UDP after seven requests, over TCP after one")
    func noAnswer() {
        let rig = Rig { $0.isDown = true }
        #expect(rig.simulation.run(limit: 60_000) { rig.endpoint.failure == .noAnswer })
        #expect(rig.simulation.network.sent == 7)
        #expect(rig.simulation.now > MonotonicTime.zero.advanced(byMilliseconds: 10_000))
        let tcp = Rig(transport: .tcp) { $0.isDown = true }
        #expect(tcp.simulation.run(limit: 60_000) { tcp.endpoint.failure == .noAnswer })
        #expect(tcp.simulation.network.sent == 1)
    }

    @Test("a fifth of all datagrams is lost: it allocates all the same", arguments: 1...20)
    func loss(_ seed: UInt64) {
        let rig = Rig(seed: seed)
        var conditions = LinkConditions.clean()
        conditions.loss = .uniform(0.2)
        conditions.duplication = 0.2
        rig.simulation.network.defaultConditions = conditions
        #expect(rig.simulation.run(limit: 40_000) { rig.endpoint.relayed != nil })
        rig.client.permit(rig.peerAddress, now: rig.simulation.now)
        rig.simulation.run(limit: 10_000)
        #expect((1...60).contains { rig.echoes("try \($0)") })
    }

    @Test("no permission, no datagram; indications first, then a channel")
    func permissionsAndChannels() {
        let rig = Rig()
        #expect(!rig.endpoint.say("too early", to: rig.peerAddress))
        rig.simulation.run(limit: 500) { rig.endpoint.relayed != nil }
        #expect(!rig.endpoint.say("unknown", to: rig.peerAddress))
        rig.client.permit(rig.peerAddress, now: rig.simulation.now)
        #expect(rig.echoes("by indication"))
        #expect(rig.server.channelDatagrams == 0)
        rig.client.bind(rig.peerAddress, now: rig.simulation.now)
        rig.simulation.run(limit: 100)
        #expect(rig.echoes("by channel"))
        #expect(rig.echoes("xyz"))
        #expect(rig.server.channelDatagrams == 4)
        #expect(rig.server.refusedDatagrams == 0)
    }

    @Test("a peer that the server forbids is left alone")
    func forbiddenPeer() {
        let rig = Rig()
        rig.simulation.run(limit: 500) { rig.endpoint.relayed != nil }
        rig.server.refusals = [.forbidden]
        rig.client.permit(rig.peerAddress, now: rig.simulation.now)
        rig.simulation.run(limit: 1_200_000)
        #expect(!rig.endpoint.say("no", to: rig.peerAddress))
        #expect(rig.server.requests.count { $0 == STUNMessage.createPermission } == 1)
        #expect(rig.server.allocationCount == 1)
    }

    @Test("an hour: allocation, permission and channel are kept, through stale nonces", arguments: [UInt32(600), 40])
    func anHour(_ lifetime: UInt32) {
        let rig = Rig { $0.lifetime = lifetime }
        rig.simulation.run(limit: 500) { rig.endpoint.relayed != nil }
        rig.client.permit(rig.peerAddress, now: rig.simulation.now)
        rig.client.bind(rig.peerAddress, now: rig.simulation.now)
        for minute in 0..<60 {
            #expect(rig.echoes("minute \(minute)"), "minute \(minute)")
            if minute % 5 == 0 { rig.server.changeNonce() }
            rig.simulation.run(limit: 59_000)
        }
        #expect(rig.endpoint.failure == nil)
        #expect(rig.server.staleNonces >= 5)
        #expect(rig.server.refusedDatagrams == 0)
        #expect(rig.server.channelDatagrams > 110)
    }

    @Test("the server has forgotten us: told when it is asked, and at the next refresh")
    func serverRestarts() {
        let rig = Rig()
        rig.simulation.run(limit: 500) { rig.endpoint.relayed != nil }
        rig.server.restart()
        rig.client.verify(now: rig.simulation.now)
        #expect(rig.simulation.run(limit: 500) { rig.endpoint.failure == .lost })
        let later = Rig()
        later.simulation.run(limit: 500) { later.endpoint.relayed != nil }
        later.server.isDown = true
        #expect(later.simulation.run(limit: 600_000) { later.endpoint.failure == .lost })
    }

    @Test("damaged answers are never taken for good ones", arguments: 1...200)
    func damagedAnswers(_ seed: UInt64) {
        let rig = Rig(seed: seed)
        var random = RandomSource.seeded(seed)
        var isDamaging = true
        rig.endpoint.damage = { datagram in
            guard isDamaging, !datagram.isEmpty else { return }
            let index = Int.random(in: 0..<datagram.count, using: &random)
            datagram[index] ^= UInt8.random(in: 1...255, using: &random)
        }
        rig.simulation.run(limit: 3000)
        // A flip in the type of FINGERPRINT, which then says nothing, is the only one that does no harm.
        if let relayed = rig.endpoint.relayed { #expect(rig.server.addresses.contains(relayed)) }
        isDamaging = false
        if rig.endpoint.failure == nil {
            #expect(rig.simulation.run(limit: 30_000) { rig.endpoint.relayed != nil || rig.endpoint.failure != nil })
        }
    }

    @Test("whatever comes, nothing breaks")
    func noise() {
        let rig = Rig()
        rig.simulation.run(limit: 500) { rig.endpoint.relayed != nil }
        rig.client.permit(rig.peerAddress, now: rig.simulation.now)
        rig.client.bind(rig.peerAddress, now: rig.simulation.now)
        rig.simulation.run(limit: 500)
        var random = RandomSource.seeded(5)
        for round in 0..<20_000 {
            var bytes = random.bytes(Int.random(in: 0...60, using: &random))
            if round % 3 == 0, bytes.count >= 4 {
                bytes[0] = 0x40
                bytes[1] = 0
                bytes[2] = 0
            } else if round % 3 == 1, bytes.count >= 20 {
                bytes.replaceSubrange(
                    0..<8, with: [0, 0x17, 0, UInt8((bytes.count - 20) & ~3), 0x21, 0x12, 0xA4, 0x42])
            }
            let count = bytes.count
            let input = bytes.withUnsafeBytes { rig.client.receive($0, now: rig.simulation.now) }
            if case .data(_, let offset, let length) = input { #expect(offset + length <= count) }
        }
        #expect(rig.echoes("still there"))
    }
}
