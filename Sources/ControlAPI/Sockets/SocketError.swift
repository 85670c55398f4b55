/// Why a socket cannot be had; says what to do.
package struct SocketError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
