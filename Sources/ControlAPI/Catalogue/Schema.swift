import JSONRPC

/// The type of a parameter or a result: what is accepted, in a form that can be checked and published (JSON Schema).
package indirect enum Schema: Sendable {
    /// Text of at most so many bytes; nil: any length.
    case string(maximumBytes: Int? = nil)
    /// One of these words.
    case choice([String])
    case integer(ClosedRange<Int64>)
    case number(ClosedRange<Double>)
    case boolean
    /// `false` and nothing else.
    case no
    case array(of: Schema, maximumCount: Int)
    /// These members and no others.
    case object([Parameter])
    /// Any object: for results, whose members may grow.
    case anyObject
    /// The first alternative that fits.
    case oneOf([Schema])
}

// MARK: Checking

extension Schema {
    /// Checks a value.
    ///
    /// - Throws: where it is wrong, what was expected and what was got.
    package func check(_ value: JSONValue, path: String) throws(JSONShapeError) {
        switch self {
        case .string(let maximum):
            guard case .string(let text) = value else { throw mismatch(value, path) }
            if let maximum, text.utf8.count > maximum {
                throw JSONShapeError(path: path, expected: words, got: "\(text.utf8.count) bytes")
            }
        case .choice(let words):
            guard case .string(let word) = value else { throw mismatch(value, path) }
            guard words.contains(word) else {
                throw JSONShapeError(path: path, expected: self.words, got: "\"\(word)\"")
            }
        case .integer(let range):
            guard case .integer(let number) = value else { throw mismatch(value, path) }
            guard range.contains(number) else { throw JSONShapeError(path: path, expected: words, got: "\(number)") }
        case .number(let range):
            guard let number = value.double else { throw mismatch(value, path) }
            guard range.contains(number) else {
                throw JSONShapeError(path: path, expected: words, got: value.description)
            }
        case .boolean:
            guard case .bool = value else { throw mismatch(value, path) }
        case .no:
            guard value == false else { throw mismatch(value, path) }
        case .array(let element, let maximumCount):
            guard case .array(let elements) = value else { throw mismatch(value, path) }
            guard elements.count <= maximumCount else {
                throw JSONShapeError(path: path, expected: words, got: "\(elements.count) elements")
            }
            for (index, value) in elements.enumerated() { try element.check(value, path: "\(path)[\(index)]") }
        case .object(let members):
            guard case .object(let object) = value else { throw mismatch(value, path) }
            try Self.check(object, members: members, path: path)
        case .anyObject:
            guard case .object = value else { throw mismatch(value, path) }
        case .oneOf(let alternatives):
            try Self.check(value, alternatives: alternatives, words: words, path: path)
        }
    }

    /// Checks the members of an object: unknown keys first (a misspelt key explains a missing one), then each member.
    package static func check(
        _ object: JSONObject, members: [Parameter], path: String
    ) throws(JSONShapeError) {
        func place(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
        for key in object.keys where !members.contains(where: { $0.name == key }) {
            let known = members.map(\.name).joined(separator: ", ")
            throw JSONShapeError(
                path: place(of: key), expected: members.isEmpty ? "no keys" : "one of the keys \(known)",
                got: "unknown key")
        }
        for member in members {
            if let value = object[member.name] {
                try member.schema.check(value, path: place(of: member.name))
            } else if member.isRequired {
                throw JSONShapeError(path: place(of: member.name), expected: member.schema.words, got: "missing")
            }
        }
    }

    private static func check(
        _ value: JSONValue, alternatives: [Schema], words: String, path: String
    ) throws(JSONShapeError) {
        for alternative in alternatives {
            do throws(JSONShapeError) {
                try alternative.check(value, path: path)
                return
            } catch {
                continue
            }
        }
        // Of several objects, the one that shares a key with the value is the one that was meant; of scalars of the
        // same kind, the one whose range was missed.
        for alternative in alternatives {
            if case .object(let members) = alternative, case .object(let object) = value,
                members.contains(where: { object[$0.name] != nil })
            {
                try alternative.check(value, path: path)
            }
            if case .number = alternative, value.double != nil { try alternative.check(value, path: path) }
        }
        throw JSONShapeError(path: path, expected: words, got: value.string.map { "\"\($0)\"" } ?? value.kind)
    }

    private func mismatch(_ value: JSONValue, _ path: String) -> JSONShapeError {
        JSONShapeError(path: path, expected: words, got: value.kind)
    }

    /// The type in words, as in `data.expected`.
    package var words: String {
        switch self {
        case .string(let maximum): maximum.map { "string of at most \($0) bytes" } ?? "string"
        case .choice(let words): "one of \(words.joined(separator: ", "))"
        case .integer(let range):
            range.upperBound == .max ? "integer of at least \(range.lowerBound)" : "integer \(Self.words(range))"
        case .number(let range): "number \(Self.words(range))"
        case .boolean: "boolean"
        case .no: "false"
        case .array(let element, let maximum): "array of at most \(maximum), each \(element.words)"
        case .object(let members):
            "object {\(members.map { $0.isRequired ? $0.name : "\($0.name)?" }.joined(separator: ", "))}"
        case .anyObject: "object"
        case .oneOf(let alternatives): alternatives.map(\.words).joined(separator: " or ")
        }
    }

    private static func words<Number: CustomStringConvertible>(_ range: ClosedRange<Number>) -> String {
        func short(_ number: Number) -> String {
            let text = number.description
            return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
        }
        return "\(short(range.lowerBound))…\(short(range.upperBound))"
    }
}

// MARK: Publishing

extension Schema {
    /// The type as JSON Schema.
    package var json: JSONValue {
        switch self {
        case .string(let maximum):
            // JSON Schema counts characters; bytes bound them from above.
            maximum.map { ["type": "string", "maxLength": .integer(Int64($0))] } ?? ["type": "string"]
        case .choice(let words): ["type": "string", "enum": .array(words.map { .string($0) })]
        case .integer(let range):
            range.upperBound == .max
                ? ["type": "integer", "minimum": .integer(range.lowerBound)]
                : ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
        case .number(let range):
            ["type": "number", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound)]
        case .boolean: ["type": "boolean"]
        case .no: ["const": false]
        case .array(let element, let maximum):
            ["type": "array", "items": element.json, "maxItems": .integer(Int64(maximum))]
        case .object(let members): Self.json(members)
        case .anyObject: ["type": "object"]
        case .oneOf(let alternatives): ["oneOf": .array(alternatives.map(\.json))]
        }
    }

    private static func json(_ members: [Parameter]) -> JSONValue {
        var properties = JSONObject()
        for member in members { properties[member.name] = .object(member.schemaWithDocumentation) }
        var schema: JSONObject = ["type": "object", "properties": .object(properties)]
        let required = members.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { schema["required"] = .array(required) }
        schema["additionalProperties"] = false
        return .object(schema)
    }
}
