import Transport

/// A TURN server and how to be let in. Its description hides the password.
package struct TURNServer: Hashable, Sendable {
    package var address: TransportAddress
    package var transport: TURNTransport
    /// The name that its certificate has to bear (``TURNTransport/tls``).
    package var hostName: String
    package var username: String
    package var password: String

    package init(
        address: TransportAddress, transport: TURNTransport, hostName: String = "", username: String, password: String
    ) {
        self.address = address
        self.transport = transport
        self.hostName = hostName
        self.username = username
        self.password = password
    }
}

extension TURNServer: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "\(address) over \(transport.rawValue)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
