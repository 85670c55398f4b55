import JSONRPC

extension Catalogue {
    /// The OpenRPC 1.3.2 document of the methods.
    ///
    /// - Parameters:
    ///   - title: what the socket is.
    ///   - version: the daemon's.
    ///   - events: the events of the socket, published as `x-events`.
    package func openRPC(title: String, version: String, events: [EventDescription] = []) -> JSONObject {
        var document: JSONObject = [
            "openrpc": "1.3.2",
            "info": ["title": .string(title), "version": .string(version), "license": ["name": "Apache-2.0"]],
            "methods": .array(methods.map(\.openRPC)),
        ]
        document["x-errors"] = .array(ErrorDescription.standard.map(\.json))
        if !events.isEmpty { document["x-events"] = .array(events.map(\.json)) }
        return document
    }
}

extension Method {
    var openRPC: JSONValue {
        var object: JSONObject = [
            "name": .string(name), "summary": .string(summary), "paramStructure": "by-name",
            "params": .array(
                parameters.map { parameter in
                    [
                        "name": .string(parameter.name), "description": .string(parameter.summary),
                        "required": .bool(parameter.isRequired),
                        "schema": .object(parameter.schemaWithDocumentation),
                    ]
                }),
            "result": ["name": "result", "schema": resultSchema],
        ]
        if !errors.isEmpty { object["errors"] = .array(errors.map(\.json)) }
        if !aliases.isEmpty { object["x-aliases"] = .array(aliases.map { .string($0) }) }
        if isLongRunning { object["x-longRunning"] = true }
        return .object(object)
    }

    /// Results may grow, so members beyond those named are allowed.
    private var resultSchema: JSONValue {
        var properties = JSONObject()
        for member in result { properties[member.name] = .object(member.schemaWithDocumentation) }
        properties["seq"] = ["type": "integer", "description": "the last event that the call caused"]
        return ["type": "object", "properties": .object(properties)]
    }
}
