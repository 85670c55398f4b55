import NIOCore
import Transport

/// What is behind the host of a URL.
enum HostAddresses {
    /// Whether the host is reached over the loopback interface; asks the resolver for names, off the event loops.
    static func reachesLoopback(_ host: String) async -> Bool {
        if let address = TransportAddress(host: host, port: 0) { return address.isLoopback }
        return await Task.detached {
            guard let address = try? SocketAddress.makeAddressResolvingHost(host, port: 0), let text = address.ipAddress
            else { return false }
            return TransportAddress(host: text, port: 0)?.isLoopback ?? false
        }.value
    }
}
