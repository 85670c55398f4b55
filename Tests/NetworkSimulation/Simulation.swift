import Transport

/// Endpoints on a ``SimulatedNetwork`` and the virtual clock that drives them: time jumps from event to event, so that
/// minutes pass in milliseconds.
package final class Simulation {
    package let network: SimulatedNetwork
    package private(set) var now = MonotonicTime.zero
    package private(set) var endpoints: [any SimulatedEndpoint] = []
    /// Things to be done at a time of the simulation, in order.
    private var plans: [(at: MonotonicTime, action: () -> Void)] = []
    /// Datagrams that were addressed to nobody.
    package private(set) var undeliverable = 0

    package init(seed: UInt64) {
        network = SimulatedNetwork(seed: seed)
    }

    package func add(_ endpoint: any SimulatedEndpoint) {
        endpoints.append(endpoint)
    }

    /// Plans an action for a time from now, in milliseconds.
    package func plan(after milliseconds: Int64, _ action: @escaping () -> Void) {
        let time = now.advanced(byMilliseconds: milliseconds)
        let index = plans.firstIndex { $0.at > time } ?? plans.endIndex
        plans.insert((time, action), at: index)
    }

    /// Runs until `condition` holds; false if `limit` milliseconds of virtual time have passed before, or nothing is
    /// left that could happen.
    @discardableResult
    package func run(limit: Int64, until condition: () -> Bool = { false }) -> Bool {
        let end = now.advanced(byMilliseconds: limit)
        transmitAll()
        while !condition() {
            let next = nextEventTime()
            guard next <= end else {
                now = end
                return condition()
            }
            now = max(now, next)
            step()
        }
        return true
    }

    private func nextEventTime() -> MonotonicTime {
        var next = min(network.nextArrival, plans.first?.at ?? .distantFuture)
        for endpoint in endpoints { next = min(next, endpoint.deadline) }
        return next
    }

    private func step() {
        while let plan = plans.first, plan.at <= now {
            plans.removeFirst()
            plan.action()
        }
        for endpoint in endpoints where endpoint.deadline <= now { endpoint.handleTimeout(now: now) }
        transmitAll()
        while var datagram = network.receive(now: now) {
            guard let endpoint = endpoints.first(where: { $0.addresses.contains(datagram.to) }) else {
                undeliverable += 1
                continue
            }
            let (from, to) = (datagram.from, datagram.to)
            datagram.bytes.withUnsafeMutableBytes { endpoint.receive($0, from: from, to: to, now: now) }
            transmitAll()
        }
    }

    /// Lets every endpoint send what it has; to be called after acting on one from outside.
    package func transmitAll() {
        for endpoint in endpoints {
            endpoint.transmit(now: now) { bytes, from, to in
                network.send(bytes, from: from, to: to, now: now)
            }
        }
    }
}
