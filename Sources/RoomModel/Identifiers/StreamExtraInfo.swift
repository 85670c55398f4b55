/// The text that a publisher attaches to a stream: less than 1024 bytes, empty when there is none.
package struct StreamExtraInfo: Hashable, Sendable {
    package static let maximumBytes = 1023
    package static let none = StreamExtraInfo()

    package let text: String

    /// Throws 1003051 when the text has 1024 bytes or more.
    package init(_ text: String) throws(ZegoError) {
        guard text.utf8.count <= Self.maximumBytes else { throw ZegoError(.streamExtraInfoTooLong) }
        self.text = text
    }

    private init() {
        text = ""
    }
}
