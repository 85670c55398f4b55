import Transport
import WebRTC

/// Two associations and a network between them that loses, delays, doubles and reorders, in virtual time and from a
/// seed.
final class DTLSPair {
    struct Network {
        var loss = 0.0
        var duplication = 0.0
        var garbage = 0.0
        /// One way, in milliseconds, evenly distributed: what is wider than the spacing of datagrams reorders them.
        var delay: ClosedRange<Double> = 5...5
        /// Datagrams that are lost, by their number (from 0) in one direction.
        var lostFromActive: Set<Int> = []
        var lostFromPassive: Set<Int> = []
    }

    let active: DTLSTransport
    let passive: DTLSTransport
    private(set) var now = MonotonicTime.zero
    /// Datagrams that each side gave out.
    private(set) var sentByActive: [[UInt8]] = []
    private(set) var sentByPassive: [[UInt8]] = []

    private var network: Network
    private var random: RandomSource
    private var inFlight: [(arrival: MonotonicTime, toPassive: Bool, bytes: [UInt8])] = []

    init(
        _ network: Network = Network(), seed: UInt64 = 1, fingerprintOfPassive: [UInt8]? = nil,
        fingerprintOfActive: [UInt8]? = nil, profilesOfActive: [SRTPProfile] = SRTPProfile.allCases,
        profilesOfPassive: [SRTPProfile] = SRTPProfile.allCases
    ) throws {
        self.network = network
        random = .seeded(seed)
        let first = try DTLSCertificate(profiles: profilesOfActive)
        let second = try DTLSCertificate(profiles: profilesOfPassive)
        active = try DTLSTransport(
            role: .active, certificate: first, expectedFingerprints: [fingerprintOfPassive ?? second.fingerprint])
        passive = try DTLSTransport(
            role: .passive, certificate: second, expectedFingerprints: [fingerprintOfActive ?? first.fingerprint])
    }

    var isSettled: Bool {
        [active, passive].allSatisfy { side in
            switch side.state {
            case .new, .handshaking: false
            case .connected, .closed, .failed: true
            }
        }
    }

    /// Runs until both sides are connected, failed or closed, or until `seconds` have passed.
    func run(seconds: Int64 = 60) {
        passive.start(now: now)
        active.start(now: now)
        let end = now.advanced(byMilliseconds: seconds * 1000)
        drain()
        while !isSettled, step(until: end) {}
    }

    /// Runs until nothing is under way any more or `seconds` have passed.
    func settle(seconds: Int64 = 60) {
        let end = now.advanced(byMilliseconds: seconds * 1000)
        drain()
        while step(until: end) {}
    }

    func deliver(_ bytes: [UInt8], toPassive: Bool) {
        let side = toPassive ? passive : active
        bytes.withUnsafeBytes { side.receive($0, now: now) }
    }

    /// The next arrival or deadline; false when there is none before `end`.
    private func step(until end: MonotonicTime) -> Bool {
        let arrival = inFlight.indices.min { inFlight[$0].arrival < inFlight[$1].arrival }
        let deadline = min(active.deadline, passive.deadline)
        let next = min(arrival.map { inFlight[$0].arrival } ?? .distantFuture, deadline)
        guard next < end else { return false }
        now = max(now, next)
        if let arrival, inFlight[arrival].arrival <= now {
            let datagram = inFlight.remove(at: arrival)
            deliver(datagram.bytes, toPassive: datagram.toPassive)
        } else {
            if active.deadline <= now { active.handleTimeout(now: now) }
            if passive.deadline <= now { passive.handleTimeout(now: now) }
        }
        drain()
        return true
    }

    private func drain() {
        while let bytes = active.nextDatagram() {
            if !network.lostFromActive.contains(sentByActive.count) { send(bytes, toPassive: true) }
            sentByActive.append(bytes)
        }
        while let bytes = passive.nextDatagram() {
            if !network.lostFromPassive.contains(sentByPassive.count) { send(bytes, toPassive: false) }
            sentByPassive.append(bytes)
        }
    }

    private func send(_ bytes: [UInt8], toPassive: Bool) {
        if chance(network.garbage) { put(damaged(bytes), toPassive) }
        if chance(network.loss) { return }
        put(bytes, toPassive)
        if chance(network.duplication) { put(bytes, toPassive) }
    }

    private func put(_ bytes: [UInt8], _ toPassive: Bool) {
        let delay = Double.random(in: network.delay, using: &random)
        inFlight.append((now.advanced(byNanoseconds: Int64(delay * 1_000_000)), toPassive, bytes))
    }

    /// Something between noise and a record with a broken header.
    private func damaged(_ bytes: [UInt8]) -> [UInt8] {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return [22] + random.bytes(Int.random(in: 0..<200, using: &random))
        case 1: return Array(bytes.prefix(Int.random(in: 0..<bytes.count, using: &random)))
        case 2: return hex("15fefd000000000000000900020228")
        case 3: return hex("17fefd00000000000000090004") + random.bytes(4)
        default:
            // A record of epoch 1 with noise for its contents.
            return hex("16fefd0001000000000000002d") + random.bytes(0x2D)
        }
    }

    private func chance(_ probability: Double) -> Bool {
        probability > 0 && Double.random(in: 0..<1, using: &random) < probability
    }
}
