/// Reads the members of a JSON object by key and type, and says exactly what is wrong when they are not as asked.
///
/// ```
/// var reader = try JSONReader(json)
/// let roomID = try reader.string("roomID")
/// let count = try reader.optionalInteger("maxMemberCount", in: 0...1_000_000)
/// try reader.finish()                     // refuses keys that nobody asked for
/// ```
///
/// An optional member may be absent; a `null` in its place is a wrong type like any other.
package struct JSONReader: Sendable {
    /// The path of this object from the outermost one, as it stands in errors; empty for the outermost.
    package let path: String
    private let object: JSONObject
    private var known: Set<String> = []

    /// A reader of an object.
    package init(_ object: JSONObject, path: String = "") {
        self.object = object
        self.path = path
    }

    /// A reader of a value that has to be an object.
    package init(_ value: JSONValue, path: String = "") throws(JSONShapeError) {
        guard case .object(let object) = value else {
            throw JSONShapeError(path: path, expected: "object", got: value.kind)
        }
        self.init(object, path: path)
    }

    /// Refuses the first key that has not been asked for.
    package func finish() throws(JSONShapeError) {
        for key in object.keys where !known.contains(key) {
            throw JSONShapeError(
                path: path(of: key),
                expected: known.isEmpty ? "no keys" : "one of \(known.sorted().joined(separator: ", "))",
                got: "unknown key")
        }
    }

    /// The path of a member.
    package func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    // MARK: Any value

    /// The member, whatever it is; nil when absent.
    package mutating func optionalValue(_ key: String) -> JSONValue? {
        known.insert(key)
        return object[key]
    }

    /// The member, whatever it is; `expected` stands in the error when it is missing.
    package mutating func value(_ key: String, expected: String = "a value") throws(JSONShapeError) -> JSONValue {
        guard let value = optionalValue(key) else {
            throw JSONShapeError(path: path(of: key), expected: expected, got: "missing")
        }
        return value
    }

    // MARK: Scalars

    /// A string.
    package mutating func string(_ key: String) throws(JSONShapeError) -> String {
        try string(value(key, expected: "string"), key)
    }

    /// A string or nothing.
    package mutating func optionalString(_ key: String) throws(JSONShapeError) -> String? {
        guard let value = optionalValue(key) else { return nil }
        return try string(value, key)
    }

    /// A boolean.
    package mutating func bool(_ key: String) throws(JSONShapeError) -> Bool {
        try bool(value(key, expected: "boolean"), key)
    }

    /// A boolean or nothing.
    package mutating func optionalBool(_ key: String) throws(JSONShapeError) -> Bool? {
        guard let value = optionalValue(key) else { return nil }
        return try bool(value, key)
    }

    /// An integer in a range (ends included).
    package mutating func integer<Number: FixedWidthInteger>(
        _ key: String, in range: ClosedRange<Number> = Number.min...Number.max
    ) throws(JSONShapeError) -> Number {
        try integer(value(key, expected: Self.words(range)), key, range)
    }

    /// An integer in a range, or nothing.
    package mutating func optionalInteger<Number: FixedWidthInteger>(
        _ key: String, in range: ClosedRange<Number> = Number.min...Number.max
    ) throws(JSONShapeError) -> Number? {
        guard let value = optionalValue(key) else { return nil }
        return try integer(value, key, range)
    }

    /// A number, integer or not.
    package mutating func number(_ key: String) throws(JSONShapeError) -> Double {
        try number(value(key, expected: "number"), key)
    }

    /// A number or nothing.
    package mutating func optionalNumber(_ key: String) throws(JSONShapeError) -> Double? {
        guard let value = optionalValue(key) else { return nil }
        return try number(value, key)
    }

    /// A string that is one of the raw values of an enumeration.
    package mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, as type: Choice.Type = Choice.self
    ) throws(JSONShapeError) -> Choice where Choice.RawValue == String {
        try choice(value(key, expected: Self.words(type)), key)
    }

    /// A string that is one of the raw values of an enumeration, or nothing.
    package mutating func optionalChoice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, as type: Choice.Type = Choice.self
    ) throws(JSONShapeError) -> Choice? where Choice.RawValue == String {
        guard let value = optionalValue(key) else { return nil }
        return try choice(value, key)
    }

    // MARK: Containers

    /// A reader of a member that is an object.
    package mutating func object(_ key: String) throws(JSONShapeError) -> JSONReader {
        try JSONReader(value(key, expected: "object"), path: path(of: key))
    }

    /// A reader of a member that is an object, or nothing.
    package mutating func optionalObject(_ key: String) throws(JSONShapeError) -> JSONReader? {
        guard let value = optionalValue(key) else { return nil }
        return try JSONReader(value, path: path(of: key))
    }

    /// The elements of an array, each with its path (for readers of the elements).
    package mutating func array(_ key: String) throws(JSONShapeError) -> [(value: JSONValue, path: String)] {
        try array(value(key, expected: "array"), key)
    }

    /// The elements of an array with their paths; nil when the member is absent.
    package mutating func optionalArray(
        _ key: String
    ) throws(JSONShapeError) -> [(value: JSONValue, path: String)]? {
        guard let value = optionalValue(key) else { return nil }
        return try array(value, key)
    }

    /// The members of an array of objects, each read by `read`.
    package mutating func objects<Element>(
        _ key: String, _ read: (inout JSONReader) throws(JSONShapeError) -> Element
    ) throws(JSONShapeError) -> [Element] {
        var result: [Element] = []
        for (value, path) in try array(key) {
            var reader = try JSONReader(value, path: path)
            result.append(try read(&reader))
        }
        return result
    }

    /// The strings of an array of strings.
    package mutating func strings(_ key: String) throws(JSONShapeError) -> [String] {
        try strings(array(key))
    }

    /// The strings of an array of strings; nil when the member is absent.
    package mutating func optionalStrings(_ key: String) throws(JSONShapeError) -> [String]? {
        guard let elements = try optionalArray(key) else { return nil }
        return try strings(elements)
    }

    // MARK: -

    private func string(_ value: JSONValue, _ key: String) throws(JSONShapeError) -> String {
        guard case .string(let string) = value else { throw mismatch(key, "string", value) }
        return string
    }

    private func bool(_ value: JSONValue, _ key: String) throws(JSONShapeError) -> Bool {
        guard case .bool(let bool) = value else { throw mismatch(key, "boolean", value) }
        return bool
    }

    private func number(_ value: JSONValue, _ key: String) throws(JSONShapeError) -> Double {
        guard let number = value.double else { throw mismatch(key, "number", value) }
        return number
    }

    private func integer<Number: FixedWidthInteger>(
        _ value: JSONValue, _ key: String, _ range: ClosedRange<Number>
    ) throws(JSONShapeError) -> Number {
        guard case .integer(let wide) = value else { throw mismatch(key, Self.words(range), value) }
        guard let number = Number(exactly: wide), range.contains(number) else {
            throw JSONShapeError(path: path(of: key), expected: Self.words(range), got: String(wide))
        }
        return number
    }

    private func choice<Choice: RawRepresentable & CaseIterable>(
        _ value: JSONValue, _ key: String
    ) throws(JSONShapeError) -> Choice where Choice.RawValue == String {
        guard case .string(let string) = value else { throw mismatch(key, Self.words(Choice.self), value) }
        guard let choice = Choice(rawValue: string) else {
            throw JSONShapeError(path: path(of: key), expected: Self.words(Choice.self), got: "\"\(string)\"")
        }
        return choice
    }

    private func array(
        _ value: JSONValue, _ key: String
    ) throws(JSONShapeError) -> [(value: JSONValue, path: String)] {
        guard case .array(let elements) = value else { throw mismatch(key, "array", value) }
        return elements.enumerated().map { ($0.element, "\(path(of: key))[\($0.offset)]") }
    }

    private func strings(_ elements: [(value: JSONValue, path: String)]) throws(JSONShapeError) -> [String] {
        var result: [String] = []
        for (value, path) in elements {
            guard case .string(let string) = value else {
                throw JSONShapeError(path: path, expected: "string", got: value.kind)
            }
            result.append(string)
        }
        return result
    }

    private func mismatch(_ key: String, _ expected: String, _ value: JSONValue) -> JSONShapeError {
        JSONShapeError(path: path(of: key), expected: expected, got: value.kind)
    }

    private static func words<Number: FixedWidthInteger>(_ range: ClosedRange<Number>) -> String {
        // The bounds of a 64-bit type are no bounds that anybody set.
        if Number.bitWidth == 64, range.upperBound == .max {
            return range.lowerBound == .min ? "integer" : "integer of at least \(range.lowerBound)"
        }
        return "integer \(range.lowerBound)…\(range.upperBound)"
    }

    private static func words<Choice: RawRepresentable & CaseIterable>(
        _ type: Choice.Type
    ) -> String where Choice.RawValue == String {
        "one of \(type.allCases.map(\.rawValue).joined(separator: ", "))"
    }
}
