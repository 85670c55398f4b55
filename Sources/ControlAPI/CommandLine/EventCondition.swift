import JSONRPC

/// What somebody waits for: an event by its name, and fields of it with their values.
package struct EventCondition: Sendable, Equatable {
    /// A glob over the names.
    package let filter: EventFilter
    private let fields: [String: String]

    /// - Parameters:
    ///   - name: of the event, or a glob.
    ///   - fields: `key=value` each; a path (`extendedData.roomSessionID`) reaches into objects.
    package init(name: String, fields: [String]) throws(CallArgumentError) {
        filter = EventFilter(patterns: [name])
        var values: [String: String] = [:]
        for field in fields {
            guard let equals = field.firstIndex(of: "="), equals > field.startIndex else {
                throw CallArgumentError("\(field): expected key=value")
            }
            values[String(field[..<equals])] = String(field[field.index(after: equals)...])
        }
        self.fields = values
    }

    /// Whether it is the event that is waited for. A list matches when one of its elements has the value (a user or a
    /// stream by its ID).
    package func matches(_ event: JSONValue) -> Bool {
        guard let name = event["event"]?.string, filter.matches(name) else { return false }
        return fields.allSatisfy { path, wanted in
            var value: JSONValue? = event
            for key in path.split(separator: ".") { value = value?[String(key)] }
            return value.map { Self.matches($0, wanted) } ?? false
        }
    }

    private static func matches(_ value: JSONValue, _ wanted: String) -> Bool {
        switch value {
        case .string(let text): text == wanted
        case .array(let elements):
            elements.contains { element in
                matches(element, wanted) || element["userID"]?.string == wanted || element["streamID"]?.string == wanted
            }
        default: value.description == wanted
        }
    }
}
