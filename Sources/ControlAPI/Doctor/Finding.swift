import JSONRPC

/// One thing that `zegoctl doctor` has looked at: how it is, and what mends it.
package struct Finding: Sendable, Equatable {
    package enum Severity: String, Sendable {
        case ok
        /// It works, and could do better.
        case warning
        case problem
        /// It could not be looked at.
        case unknown
    }

    package var severity: Severity
    /// What was looked at, in a word or two.
    package var subject: String
    /// How it is.
    package var text: String
    /// The command that mends it, or shows more.
    package var fix: String?

    package init(_ severity: Severity, _ subject: String, _ text: String, fix: String? = nil) {
        self.severity = severity
        self.subject = subject
        self.text = text
        self.fix = fix
    }

    package var json: JSONValue {
        var object: JSONObject = [
            "severity": .string(severity.rawValue), "subject": .string(subject), "text": .string(text),
        ]
        if let fix { object["fix"] = .string(fix) }
        return .object(object)
    }

    /// A line, and a second one with what mends it.
    package var lines: [String] {
        let mark =
            switch severity {
            case .ok: "ok     "
            case .warning: "warning"
            case .problem: "PROBLEM"
            case .unknown: "?      "
            }
        return ["\(mark)  \(subject): \(text)"] + (fix.map { ["         fix: \($0)"] } ?? [])
    }
}
