import NIOCore
import Transport

/// How far a connection may be trusted with a token.
///
/// Where the server has a certificate, HTTP in clear is for programs on the same machine (the embedded engine, a proxy,
/// curl). Others are sent to https for the page and refused elsewhere, so that no token of theirs crosses the network
/// in clear a second time; `/livez` and `/readyz`, which need none, are told. `server.insecure = true` lifts that.
enum ConnectionSecurity: Sendable {
    /// TLS.
    case secure
    /// In clear, and that is all right: there is no certificate, or nothing leaves this machine.
    case clear
    /// In clear, from another machine, although there is a certificate.
    case mustBeSecure

    /// That of a connection without TLS.
    static func inClear(_ channel: any Channel, hasCertificate: Bool, isInsecureAllowed: Bool) -> ConnectionSecurity {
        guard hasCertificate, !isInsecureAllowed else { return .clear }
        return isFromThisMachine(channel.remoteAddress, channel.localAddress) ? .clear : .mustBeSecure
    }

    /// Over the loopback interface: by a loopback address, or from the same address that it goes to.
    private static func isFromThisMachine(_ remote: SocketAddress?, _ local: SocketAddress?) -> Bool {
        guard let host = remote?.ipAddress, let remote = TransportAddress(host: host, port: 0) else { return false }
        if remote.isLoopback { return true }
        guard let host = local?.ipAddress, let local = TransportAddress(host: host, port: 0) else { return false }
        return remote == local
    }
}
