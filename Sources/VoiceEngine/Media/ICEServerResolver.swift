import NIOCore
import RoomModel
import Transport
import WebRTC

/// The addresses behind the URLs of STUN and TURN servers (RFC 7064, RFC 7065).
enum ICEServerResolver {
    /// Asks the resolver, off the event loops; what cannot be resolved, and what nobody here speaks, is left out. TURN
    /// servers come in the order in which they are of use: reached over UDP, TCP, TLS.
    static func resolve(_ servers: [ICEServer]) async -> (stun: [TransportAddress], turn: [TURNServer]) {
        guard !servers.isEmpty else { return ([], []) }
        return await Task.detached {
            var stun: [TransportAddress] = []
            var turn: [TURNServer] = []
            for server in servers {
                for url in server.urls.compactMap(ICEServerURL.init) {
                    guard let address = address(url.host, url.port) else { continue }
                    guard let transport = url.turnTransport else {
                        stun.append(address)
                        continue
                    }
                    guard let username = server.username, let password = server.credential else { continue }
                    turn.append(
                        TURNServer(
                            address: address, transport: transport, hostName: url.host, username: username,
                            password: password))
                }
            }
            let order: [TURNTransport] = [.udp, .tcp, .tls]
            return (stun, order.flatMap { transport in turn.filter { $0.transport == transport } })
        }.value
    }

    /// The credentials that go with URLs of TURN servers, for those that are in use already.
    static func credentials(_ servers: [ICEServer]) -> [TURNCredentials] {
        servers.flatMap { server -> [TURNCredentials] in
            guard let username = server.username, let password = server.credential else { return [] }
            return server.urls.compactMap(ICEServerURL.init).compactMap { url in
                url.turnTransport.map {
                    TURNCredentials(hostName: url.host, transport: $0, username: username, password: password)
                }
            }
        }
    }

    private static func address(_ host: String, _ port: UInt16) -> TransportAddress? {
        if let numeric = TransportAddress(host: host, port: port) { return numeric }
        guard let found = try? SocketAddress.makeAddressResolvingHost(host, port: Int(port)), let text = found.ipAddress
        else { return nil }
        return TransportAddress(host: text, port: port)
    }
}

extension ICEServerURL {
    fileprivate var turnTransport: TURNTransport? {
        switch service {
        case .stun: nil
        case .turnUDP: .udp
        case .turnTCP: .tcp
        case .turnTLS: .tls
        }
    }
}
