/// The name of a session: what `login` returns and `resume` names.
package struct SessionID: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package var description: String { text }
}
