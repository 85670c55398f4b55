/// Why an HTTP exchange has come to nothing.
package struct EndpointFailure: Error, Sendable, Equatable {
    /// For people; never with a URL.
    package let reason: String
    /// Nobody listens at the server's port.
    package let isRefused: Bool

    package init(reason: String, isRefused: Bool = false) {
        self.reason = reason
        self.isRefused = isRefused
    }
}
