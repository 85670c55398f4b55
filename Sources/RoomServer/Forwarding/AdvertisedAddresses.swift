import MediaIO
import Synchronization
import Transport

/// What answers announce as candidates: what the configuration says, else the addresses that the machine has at the
/// moment, because networks come, go and change while a server runs.
package final class AdvertisedAddresses: Sendable {
    /// The kernel is asked so often at most: many come at once, and media waits meanwhile.
    private static let interval: Int64 = 1_000

    private let configured: [TransportAddress]
    private let port: UInt16
    private let ask: @Sendable () -> [TransportAddress]
    private let known = Mutex(Known())

    private struct Known {
        var addresses: [TransportAddress] = []
        var askedAt: MonotonicTime?
    }

    /// - Parameter port: the bound one.
    convenience init(_ configuration: ForwarderConfiguration, port: UInt16) {
        self.init(configured: configuration.advertisedAddresses, port: port) {
            let interfaces = NetworkInterfaces.addresses()
            guard !interfaces.isEmpty else { return [] }
            return configuration.listenAddresses.flatMap { ListenPoint($0, among: interfaces).announced }
        }
    }

    /// - Parameter ask: what the machine has, without ports; nothing when the kernel does not tell.
    package init(configured: [TransportAddress], port: UInt16, ask: @escaping @Sendable () -> [TransportAddress]) {
        self.configured = configured.map { $0.port == 0 ? $0.with(port: port) : $0 }
        self.port = port
        self.ask = ask
    }

    /// Asks the kernel, where nothing is configured, and keeps what it said last when it says nothing.
    package func current(now: MonotonicTime) -> [TransportAddress] {
        guard configured.isEmpty else { return configured }
        return known.withLock { known in
            if let askedAt = known.askedAt, now < askedAt.advanced(byMilliseconds: Self.interval) {
                return known.addresses
            }
            var seen: Set<TransportAddress> = []
            let found = ask().map { $0.with(port: port) }.filter { seen.insert($0).inserted }
            if !found.isEmpty { known = Known(addresses: found, askedAt: now) }
            return known.addresses
        }
    }
}
