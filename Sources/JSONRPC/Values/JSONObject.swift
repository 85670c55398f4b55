internal import OrderedCollections

/// The members of a JSON object, in the order in which they were put in.
///
/// Two objects are equal when they hold the same members, whatever the order. A parsed object has its keys in sorted
/// order (the decoder underneath does not tell theirs), so that what is written from it is the same every time.
package struct JSONObject: Sendable {
    private var members: OrderedDictionary<String, JSONValue>

    /// An object without members.
    package init() { members = [:] }

    /// The members in the order of the sequence; of a key that comes twice the last value counts.
    package init(_ elements: some Sequence<(String, JSONValue)>) {
        members = OrderedDictionary(elements.lazy.map { ($0.0, $0.1) }, uniquingKeysWith: { $1 })
    }

    /// The value of a key; setting nil removes it, setting a new key appends it.
    package subscript(key: String) -> JSONValue? {
        get { members[key] }
        set { members[key] = newValue }
    }

    /// The keys in order.
    package var keys: [String] { Array(members.keys) }

    /// How many members there are.
    package var count: Int { members.count }

    /// Whether there are none.
    package var isEmpty: Bool { members.isEmpty }

    /// Appends the other object's members; where both have a key, the other one's value counts.
    package func merging(_ other: JSONObject) -> JSONObject {
        var result = self
        for (key, value) in other { result[key] = value }
        return result
    }
}

extension JSONObject: Sequence {
    /// The members in order, as (key, value).
    package func makeIterator() -> AnyIterator<(String, JSONValue)> {
        var iterator = members.makeIterator()
        return AnyIterator { iterator.next().map { ($0.key, $0.value) } }
    }
}

extension JSONObject: Hashable {
    package static func == (one: JSONObject, other: JSONObject) -> Bool {
        one.count == other.count && one.members.allSatisfy { other.members[$0.key] == $0.value }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(Dictionary(uniqueKeysWithValues: members.map { ($0.key, $0.value) }))
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}

extension JSONObject: CustomStringConvertible {
    /// The compact JSON text.
    package var description: String { JSONValue.object(self).description }
}
