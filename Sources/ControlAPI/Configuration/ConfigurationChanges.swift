import JSONRPC

/// What a reload changes, key by key.
package struct ConfigurationChanges: Sendable, Equatable {
    /// Keys that took effect.
    package private(set) var applied: [String] = []
    /// Keys that wait for a restart.
    package private(set) var restartNeeded: [String]

    /// Compares two configurations; every change waits for a restart until ``apply(_:)`` says otherwise.
    package init(from old: JSONObject, to new: JSONObject) {
        let before = Self.flat(.object(old), path: "")
        let after = Self.flat(.object(new), path: "")
        restartNeeded = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }.sorted()
    }

    /// Marks keys as in effect.
    package mutating func apply(_ isInEffect: (String) -> Bool) {
        applied += restartNeeded.filter(isInEffect)
        restartNeeded.removeAll(where: isInEffect)
    }

    /// The result of `reload`. Keys only: a value may be a secret.
    package var json: JSONObject {
        ["applied": .array(applied.map { .string($0) }), "restartNeeded": .array(restartNeeded.map { .string($0) })]
    }

    private static func flat(_ value: JSONValue, path: String) -> [String: JSONValue] {
        guard case .object(let object) = value else { return [path: value] }
        var result: [String: JSONValue] = [:]
        for (key, member) in object {
            result.merge(flat(member, path: path.isEmpty ? key : "\(path).\(key)")) { $1 }
        }
        return result
    }
}
