/// An `a=extmap` line (RFC 8285, section 5).
package struct SDPHeaderExtension: Hashable, Sendable {
    package var id: UInt8
    /// The direction in which the offerer means to use it, if it says.
    package var direction: MediaDirection?
    package var uri: String
    /// `vad=on` and the like.
    package var parameters: String?

    package init(id: UInt8, direction: MediaDirection? = nil, uri: String, parameters: String? = nil) {
        self.id = id
        self.direction = direction
        self.uri = uri
        self.parameters = parameters
    }

    /// Reads `3/recvonly urn:… parameters`; nil if it is malformed or its identifier is not one of 1–255. (15 is reserved
    /// in the one-byte form, and is never used here: see `HeaderExtensionMap`.)
    package init?(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 2)
        guard parts.count >= 2 else { return nil }
        let head = parts[0].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let id = UInt8(head[0]), id > 0 else { return nil }
        if head.count == 2 {
            guard let direction = MediaDirection(rawValue: String(head[1])) else { return nil }
            self.direction = direction
        }
        self.id = id
        uri = String(parts[1])
        if parts.count == 3 { parameters = String(parts[2]) }
    }

    package var text: String {
        "\(id)\(direction.map { "/\($0.rawValue)" } ?? "") \(uri)\(parameters.map { " \($0)" } ?? "")"
    }
}
