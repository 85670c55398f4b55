/// The text of a broadcast message, a barrage message or a custom command: 1 to 1024 bytes, whatever is in it.
package struct ChatText: Hashable, Sendable {
    package static let maximumBytes = 1024

    package let text: String

    /// Throws 1009001 (empty) or 1009002 (over 1024 bytes).
    package init(_ text: String) throws(ZegoError) {
        guard !text.isEmpty else { throw ZegoError(.messageNull) }
        guard text.utf8.count <= Self.maximumBytes else { throw ZegoError(.messageTooLong) }
        self.text = text
    }
}
