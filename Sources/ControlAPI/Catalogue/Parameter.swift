import JSONRPC

/// A named member of a method's parameters or of an object within them.
package struct Parameter: Sendable {
    package let name: String
    package let schema: Schema
    package let isRequired: Bool
    /// What an absent value means, where that is one value.
    package let defaultValue: JSONValue?
    /// One sentence for people.
    package let summary: String

    /// A member that has to be there.
    package static func required(_ name: String, _ schema: Schema, _ summary: String) -> Parameter {
        Parameter(name: name, schema: schema, isRequired: true, defaultValue: nil, summary: summary)
    }

    /// A member that may be absent.
    package static func optional(
        _ name: String, _ schema: Schema, default defaultValue: JSONValue? = nil, _ summary: String
    ) -> Parameter {
        Parameter(name: name, schema: schema, isRequired: false, defaultValue: defaultValue, summary: summary)
    }

    /// The JSON Schema with description and default.
    var schemaWithDocumentation: JSONObject {
        var object = schema.json.object ?? [:]
        object["description"] = .string(summary)
        if let defaultValue { object["default"] = defaultValue }
        return object
    }
}
