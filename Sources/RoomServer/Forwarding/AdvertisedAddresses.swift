import Transport

/// What answers announce as candidates: what the configuration says, else the addresses that the machine has at the
/// moment, because networks come, go and change while a server runs.
struct AdvertisedAddresses: Sendable {
    private let configured: [TransportAddress]
    private let listenAddresses: [TransportAddress]
    private let port: UInt16

    /// - Parameter port: the bound one.
    init(_ configuration: ForwarderConfiguration, port: UInt16) {
        configured = configuration.advertisedAddresses.map { $0.port == 0 ? $0.with(port: port) : $0 }
        listenAddresses = configuration.listenAddresses
        self.port = port
    }

    /// Asks the kernel, where nothing is configured.
    var current: [TransportAddress] {
        guard configured.isEmpty else { return configured }
        var seen: Set<TransportAddress> = []
        return listenAddresses.flatMap { ListenPoint($0).announced }.map { $0.with(port: port) }
            .filter { seen.insert($0).inserted }
    }
}
