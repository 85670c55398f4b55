import Logging
import MediaIO
import RTP
import RoomServer
import Synchronization
import Testing
import Transport
import WebRTC

@Suite(.timeLimit(.minutes(2))) struct RoutingForwardingTests {
    /// The kernel gives a tuple to any worker's socket: a client that moves from port to port reaches all of them, and
    /// is served by its own every time.
    @Test func aRebindingClientReachesEveryWorker() async throws {
        let rig = try await ForwardingRig(workers: 3)
        let key = try ForwardingRig.key("s")
        let speaker = try await rig.peer()
        let listener = try await rig.peer()
        let out = try await speaker.publish(key, ssrc: 1)
        try await speaker.negotiate()
        _ = try await listener.play(key)
        try await listener.negotiate()
        var number: UInt16 = 0
        var moves = 0
        var reached: Set<Int> = []
        while reached.count < 3 {
            moves += 1
            try #require(moves < 60, "the kernel never chose some worker")
            // The listener moves too, so that the way back is tried as well.
            let before = await rig.forwarder.workerStatistics()
            try await speaker.rebind()
            try await listener.rebind()
            let count = await listener.packets.count
            let deadline = MonotonicTime.now().advanced(byMilliseconds: 10_000)
            while await listener.packets.count < count + 3 {
                try #require(MonotonicTime.now() < deadline, "no packet after move \(moves)")
                try await speaker.send(out, sequence: number, timestamp: UInt32(number) * 960, payload: [1])
                number += 1
                try await Task.sleep(for: .milliseconds(5))
            }
            let after = await rig.forwarder.workerStatistics()
            let owner = try #require(await speaker.session?.worker)
            let foreign = after.indices.filter { after[$0].datagramsHandedOver > before[$0].datagramsHandedOver }
            reached.formUnion(foreign)
            if foreign.isEmpty { reached.insert(owner) }
        }
        #expect(await rig.forwarder.statistics().datagramsHandedOver > 0)
        await rig.close(speaker, listener)
    }

    /// Garbage of every kind, from strangers and with the names of others in it, does not touch a call.
    @Test func garbageIsCountedAndDropped() async throws {
        let rig = try await ForwardingRig(workers: 2)
        let key = try ForwardingRig.key("s")
        let speaker = try await rig.peer()
        let listener = try await rig.peer()
        let out = try await speaker.publish(key, ssrc: 1)
        try await speaker.negotiate()
        _ = try await listener.play(key)
        try await listener.negotiate()
        let stranger = try UDPSocket(address: #require(TransportAddress(host: "127.0.0.1", port: 0)))
        let target = try #require(TransportAddress(host: "127.0.0.1", port: rig.forwarder.port))
        let batch = DatagramBatch()
        var random = RandomSource.seeded(11)
        var sent: UInt64 = 0
        for round in 0..<100 {
            while !batch.isFull {
                var bytes = random.bytes(Int(random.next() % 1500))
                if !bytes.isEmpty { bytes[0] = UInt8(truncatingIfNeeded: round * 32 + batch.count) }
                if random.next() % 4 == 0 { bytes = Self.request(ufrag: ["00", "01", "3f", "ff", "zz"], &random) }
                bytes.withUnsafeBytes { batch.append(copying: $0, to: target) }
            }
            sent += UInt64(stranger.send(batch))
            try await speaker.send(
                out, sequence: UInt16(round), timestamp: UInt32(round) * 960, payload: [UInt8(round)])
            try await listener.until("packet \(round)") { $0.packets.last?.payload == [UInt8(round)] }
        }
        #expect(await listener.packets.count == 100)
        // Empty datagrams are not even counted; requests for a foreign worker are counted where they end.
        let expected = sent * 9 / 10
        try await rig.until("the count") { await rig.forwarder.statistics().datagramsUnknown > expected }
        await rig.close(speaker, listener)
    }

    /// A binding request without integrity for a ufrag that begins with one of `prefixes`.
    private static func request(ufrag prefixes: [String], _ random: inout RandomSource) -> [UInt8] {
        let prefix = prefixes[Int(random.next() % UInt64(prefixes.count))]
        let name = Array("\(prefix)\(random.token(6)):abcd".utf8)
        let padded = (name.count + 3) & ~3
        var bytes: [UInt8] = [0, 1, 0, UInt8(4 + padded), 0x21, 0x12, 0xA4, 0x42] + random.bytes(12)
        bytes += [0, 6, 0, UInt8(name.count)] + name + [UInt8](repeating: 0, count: padded - name.count)
        return bytes
    }

    @Test func twoForwardersDoNotShareAPort() async throws {
        let rig = try await ForwardingRig()
        let configuration = ForwarderConfiguration(
            listenAddresses: [try #require(TransportAddress(host: "127.0.0.1", port: 0))], port: rig.forwarder.port,
            logger: .init(label: "test"))
        #expect {
            try Forwarder(configuration: configuration)
        } throws: { error in
            (error as? SocketError)?.isAddressInUse == true
        }
        await rig.close()
    }

    /// Firefox and libnice have no loopback candidates: on one machine they come by its other addresses.
    @Test func aServerForThisMachineIsReachedAtItsOtherAddresses() async throws {
        let rig = try await ForwardingRig(workers: 2)
        let announced = rig.forwarder.advertisedAddresses
        #expect(announced.first == TransportAddress(host: "127.0.0.1", port: rig.forwarder.port))
        let own = NetworkInterfaces.addresses().filter {
            $0.isRunning && !$0.isLoopback && !$0.address.isLinkLocal && $0.address.family == .ipv4
        }.map(\.address)
        #expect(announced.dropFirst().map { $0.with(port: 0) } == own)
        for (number, address) in own.enumerated() {
            let stranger = try UDPSocket(address: address)
            let batch = DatagramBatch()
            [1, 2, 3].withUnsafeBytes { batch.append(copying: $0, to: address.with(port: rig.forwarder.port)) }
            #expect(stranger.send(batch) == 1)
            try await rig.until("a datagram to \(address)") {
                await rig.forwarder.statistics().datagramsUnknown == UInt64(number + 1)
            }
        }
        await rig.close()
    }

    /// The kernel is asked once a second at most, and when it says nothing the addresses are those that it said last.
    @Test func addressesOutliveAKernelThatDoesNotTell() {
        let asked = Mutex(0)
        let answers = [[1], [1, 2], [], [3]].map { $0.map { TransportAddress(ipv4: $0, port: 0) } }
        let addresses = AdvertisedAddresses(configured: [], port: 7) {
            asked.withLock { count in
                defer { count += 1 }
                return answers[min(count, answers.count - 1)]
            }
        }
        func hosts(_ milliseconds: Int64) -> [TransportAddress] {
            addresses.current(now: MonotonicTime.zero.advanced(byMilliseconds: milliseconds))
        }
        let (one, two) = (TransportAddress(ipv4: 1, port: 7), TransportAddress(ipv4: 2, port: 7))
        #expect(hosts(0) == [one] && hosts(900) == [one])
        #expect(asked.withLock { $0 } == 1)
        #expect(hosts(1000) == [one, two])
        #expect(hosts(2000) == [one, two])
        #expect(hosts(2001) == [TransportAddress(ipv4: 3, port: 7)])
    }

    @Test func oneForwarderListensOnBothFamilies() async throws {
        let rig = try await ForwardingRig(workers: 2, hosts: ["127.0.0.1", "::1"])
        let key = try ForwardingRig.key("s")
        let speaker = try await rig.peer(host: "::1")
        let listener = try await rig.peer(host: "127.0.0.1")
        let out = try await speaker.publish(key, ssrc: 1)
        try await speaker.negotiate()
        _ = try await listener.play(key)
        try await listener.negotiate()
        try await speaker.send(out, sequence: 1, timestamp: 1, payload: [5])
        try await listener.until("the packet") { $0.packets.first?.payload == [5] }
        await rig.close(speaker, listener)
    }

    @Test func faultyRequestsAreToldApart() async throws {
        let rig = try await ForwardingRig()
        let peer = try await rig.peer()
        let session = try #require(await peer.session)
        let key = try ForwardingRig.key("s")
        await #expect {
            try await rig.forwarder.negotiate(session, offer: "not sdp", tracks: [])
        } throws: { error in
            if case ForwarderError.faultyOffer = error { true } else { false }
        }
        let mid = try await peer.play(key)
        let offer = try await peer.offer()
        let result = try await rig.forwarder.negotiate(
            session, offer: offer,
            tracks: [
                TrackRequest(mid: mid, use: .publish(key)), TrackRequest(mid: "nowhere", use: .play(key)),
            ])
        #expect(result.tracks.map(\.failure) == [.wrongDirection, .noSuchSection])
        await rig.forwarder.close(session)
        await #expect(throws: ForwarderError.noSuchSession) {
            try await rig.forwarder.negotiate(session, offer: offer, tracks: [])
        }
        #expect(await rig.forwarder.statistics().sessions == 0)
        await rig.close(peer)
    }
}
