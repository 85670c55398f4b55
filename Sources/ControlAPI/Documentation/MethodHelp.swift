import JSONRPC

/// What there is to say of a method, for people: `zegoctl help METHOD` and the manual page.
extension Method {
    /// Several lines of plain text.
    package var helpText: String {
        var lines = ["\(name): \(summary)"]
        if !aliases.isEmpty { lines.append("Also called \(aliases.joined(separator: ", ")).") }
        func section(_ title: String, _ rows: [(term: String, text: String)]) {
            guard !rows.isEmpty else { return }
            lines += ["", "\(title):"]
            let width = min(rows.map(\.term.count).max() ?? 0, 26)
            for row in rows {
                let gap = String(repeating: " ", count: max(0, width - row.term.count) + 2)
                lines.append("  \(row.term)\(gap)\(row.text)")
            }
        }
        section("Parameters", parameters.flatMap { $0.rows(path: "") })
        section("Result", result.flatMap { $0.rows(path: "") })
        section("Errors", errors.map { ("\($0.code)", "\($0.name): \($0.meaning)") })
        lines += ["", "Example: \(example)"]
        return lines.joined(separator: "\n")
    }

    /// A call of it on the command line: with what has to be there.
    package var example: String {
        let arguments = parameters.filter(\.isRequired).flatMap(\.exampleArguments)
        return (["zegoctl call \(name)"] + arguments).joined(separator: " ")
    }
}

extension Parameter {
    /// This parameter and the members of it, each with its path, what it takes, and what it is for.
    package func rows(path: String) -> [(term: String, text: String)] {
        let place = path.isEmpty ? name : "\(path).\(name)"
        var text = "\(summary) (\(schema.words)"
        if let defaultValue { text += ", default \(defaultValue.string ?? defaultValue.description)" }
        text += isRequired ? ")" : defaultValue == nil ? ", optional)" : ")"
        return [(place, text)] + schema.members.flatMap { $0.rows(path: place) }
    }

    fileprivate var exampleArguments: [String] { exampleArguments(path: "") }

    private func exampleArguments(path: String) -> [String] {
        let place = path.isEmpty ? name : "\(path).\(name)"
        let members = schema.members.filter(\.isRequired)
        guard members.isEmpty else { return members.flatMap { $0.exampleArguments(path: place) } }
        return ["\(place)=\(schema.exampleValue(of: name))"]
    }
}

extension Schema {
    /// The members of an object, or of the objects among several alternatives.
    var members: [Parameter] {
        switch self {
        case .object(let members): members
        case .oneOf(let alternatives): alternatives.flatMap(\.members)
        case .array(let element, _): element.members
        default: []
        }
    }

    fileprivate func exampleValue(of name: String) -> String {
        switch self {
        case .choice(let words): words.first ?? ""
        case .integer(let range): "\(min(max(100, range.lowerBound), range.upperBound))"
        case .number(let range): "\(Int(min(max(100, range.lowerBound), range.upperBound)))"
        case .boolean: "true"
        case .no: "false"
        case .array: "[]"
        case .object, .anyObject: "{}"
        case .oneOf(let alternatives): alternatives.first?.exampleValue(of: name) ?? ""
        case .string:
            switch name {
            case "roomID": "room1"
            case "streamID": "stream1"
            case "userID": "user1"
            case "deviceID": "default"
            default: name.uppercased()
            }
        }
    }
}
