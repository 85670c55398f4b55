import Transport

/// Carries datagrams between addresses in virtual time. All chance is drawn from one seed, so a run can be repeated.
package final class SimulatedNetwork {
    private struct Flight {
        let arrival: MonotonicTime
        let serial: UInt64
        let datagram: SimulatedDatagram
    }

    private struct Direction: Hashable {
        let from: TransportAddress
        let to: TransportAddress
    }

    private var random: RandomSource
    private var serial: UInt64 = 0
    /// In order of arrival.
    private var flights: [Flight] = []
    private var conditions: [Direction: LinkConditions] = [:]
    private var lossStates: [Direction: LossState] = [:]
    private var nats: [TransportAddress: SimulatedNAT] = [:]

    /// What links without conditions of their own do.
    package var defaultConditions = LinkConditions()
    /// How many datagrams were sent, delivered and lost.
    package private(set) var sent = 0
    package private(set) var delivered = 0
    package private(set) var lost = 0

    package init(seed: UInt64) {
        random = .seeded(seed)
    }

    /// Sets the conditions from one host to another, whatever the ports.
    package func setConditions(
        _ conditions: LinkConditions, from: TransportAddress, to: TransportAddress, bothWays: Bool = true
    ) {
        self.conditions[Direction(from: from.with(port: 0), to: to.with(port: 0))] = conditions
        if bothWays { self.conditions[Direction(from: to.with(port: 0), to: from.with(port: 0))] = conditions }
    }

    /// Puts a host behind a translator.
    package func place(_ host: TransportAddress, behind nat: SimulatedNAT) {
        nats[host.with(port: 0)] = nat
    }

    package func send(
        _ bytes: UnsafeRawBufferPointer, from: TransportAddress, to: TransportAddress, now: MonotonicTime
    ) {
        sent += 1
        let visible = nats[from.with(port: 0)]?.translateOutgoing(from) ?? from
        let direction = Direction(from: from.with(port: 0), to: to.with(port: 0))
        let link = conditions[direction] ?? defaultConditions
        if link.outages.contains(where: { $0.contains(now) })
            || lossStates[direction, default: LossState()].loses(link.loss, random: &random)
        {
            lost += 1
            return
        }
        let datagram = SimulatedDatagram(bytes: Array(bytes), from: visible, to: to)
        var delay = link.delay + chance() * link.jitter
        if chance() < link.reordering { delay += link.reorderingDelay }
        schedule(datagram, after: delay, now: now)
        if chance() < link.duplication { schedule(datagram, after: delay + chance() * link.duplicationDelay, now: now) }
    }

    private func chance() -> Double {
        Double.random(in: 0..<1, using: &random)
    }

    private func schedule(_ datagram: SimulatedDatagram, after delay: Double, now: MonotonicTime) {
        serial += 1
        let arrival = now.advanced(byNanoseconds: Int64(delay * 1_000_000))
        var low = 0
        var high = flights.count
        while low < high {
            let middle = (low + high) / 2
            if flights[middle].arrival <= arrival { low = middle + 1 } else { high = middle }
        }
        flights.insert(Flight(arrival: arrival, serial: serial, datagram: datagram), at: low)
    }

    /// When the next datagram arrives.
    package var nextArrival: MonotonicTime {
        flights.first?.arrival ?? .distantFuture
    }

    /// The next datagram that has arrived by `now`, its destination being the inside address behind a translator. Those
    /// that no mapping leads to are lost here.
    package func receive(now: MonotonicTime) -> SimulatedDatagram? {
        while let flight = flights.first, flight.arrival <= now {
            flights.removeFirst()
            let datagram = flight.datagram
            guard let nat = nats.values.first(where: { $0.owns(datagram.to) }) else {
                delivered += 1
                return datagram
            }
            if let inside = nat.translateIncoming(datagram.to) {
                delivered += 1
                return SimulatedDatagram(bytes: datagram.bytes, from: datagram.from, to: inside)
            }
            lost += 1
        }
        return nil
    }
}
