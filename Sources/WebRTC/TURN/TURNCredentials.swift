/// Fresh credentials for a TURN server that is known by its name and by how it is reached. Its description hides them.
package struct TURNCredentials: Hashable, Sendable {
    package let hostName: String
    package let transport: TURNTransport
    package let username: String
    package let password: String

    package init(hostName: String, transport: TURNTransport, username: String, password: String) {
        self.hostName = hostName
        self.transport = transport
        self.username = username
        self.password = password
    }
}

extension TURNCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "\(hostName) over \(transport.rawValue)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
