/// A failure with a number of the SDK: what every call of the engine and of the room server throws.
package struct ZegoError: Error, Hashable, Sendable {
    /// The number, with its name, meaning and hint.
    package let code: ZegoErrorCode
    /// What happened in this very case, for people; never a secret, a token or a proof.
    package let detail: String?
    /// What can be done about this very case; nil: what the code's own hint says.
    private let advice: String?

    package init(_ code: ZegoErrorCode, detail: String? = nil, hint: String? = nil) {
        self.code = code
        self.detail = detail
        advice = hint
    }

    /// What the caller or the operator can do about it.
    package var hint: String { advice ?? code.hint }

    /// An error as the other side of a connection told it. A number that this table does not have (a newer server)
    /// becomes ``ZegoErrorCode/roomInnerError`` with the number and the text in its detail.
    package init(number: Int, message: String) {
        if let code = ZegoErrorCode(rawValue: number) {
            let known = message == code.meaning || message.isEmpty
            let detail =
                message.hasPrefix(code.meaning + ": ") ? message.dropFirst(code.meaning.count + 2) : message[...]
            self.init(code, detail: known ? nil : String(detail))
        } else {
            self.init(.roomInnerError, detail: "the other side reported \(number): \(message)")
        }
    }

    /// One line for people: the meaning, and the detail if there is one.
    package var message: String {
        detail.map { "\(code.meaning): \($0)" } ?? code.meaning
    }
}

extension ZegoError: CustomStringConvertible {
    package var description: String { "\(code.number) \(code.name): \(message)" }
}
