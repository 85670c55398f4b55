import JSONRPC

/// The parameters of a call as they are typed: `key=value` pairs, or one JSON object.
package enum CallArguments {
    /// Reads the arguments.
    ///
    /// A value is read as JSON where the parameter takes that, else as text: `wait=5` is a number, `roomID=5` a
    /// string. `user.userID=u1` reaches into an object.
    /// - Parameter parameters: of the method; nil when it is not known here.
    /// - Throws: a sentence for the user.
    package static func params(
        _ arguments: [String], parameters: [Parameter]?
    ) throws(CallArgumentError) -> JSONObject {
        if let first = arguments.first, first.hasPrefix("{") {
            guard arguments.count == 1 else {
                throw CallArgumentError("give one JSON object or key=value pairs, not both")
            }
            do {
                guard case .object(let object) = try JSONValue(parsing: first) else {
                    throw CallArgumentError("the parameters are an object: {…}")
                }
                return object
            } catch let error as JSONParseError {
                throw CallArgumentError("\(error)")
            } catch {
                throw CallArgumentError("the parameters are an object: {…}")
            }
        }
        var object = JSONObject()
        for argument in arguments {
            guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else {
                throw CallArgumentError("\"\(argument)\" is not key=value")
            }
            let keys = argument[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard keys.allSatisfy({ !$0.isEmpty }), keys.count <= 8 else {
                throw CallArgumentError("\"\(argument)\" is not key=value")
            }
            let text = String(argument[argument.index(after: equals)...])
            put(value(text, schema: schema(keys, parameters)), keys[...], into: &object)
        }
        return object
    }

    private static func put(_ value: JSONValue, _ keys: ArraySlice<String>, into object: inout JSONObject) {
        guard let key = keys.first else { return }
        guard keys.count > 1 else {
            object[key] = value
            return
        }
        var inner = object[key]?.object ?? [:]
        put(value, keys.dropFirst(), into: &inner)
        object[key] = .object(inner)
    }

    private static func schema(_ keys: [String], _ parameters: [Parameter]?) -> Schema? {
        guard let parameter = parameters?.first(where: { $0.name == keys[0] }) else { return nil }
        guard keys.count > 1 else { return parameter.schema }
        let alternatives = if case .oneOf(let schemas) = parameter.schema { schemas } else { [parameter.schema] }
        for case .object(let members) in alternatives {
            if let found = schema(Array(keys.dropFirst()), members) { return found }
        }
        return nil
    }

    private static func value(_ text: String, schema: Schema?) -> JSONValue {
        guard let parsed = try? JSONValue(parsing: text) else { return .string(text) }
        guard let schema, !accepts(schema, parsed), accepts(schema, .string(text)) else { return parsed }
        return .string(text)
    }

    private static func accepts(_ schema: Schema, _ value: JSONValue) -> Bool {
        (try? schema.check(value, path: "")) != nil
    }
}

/// What is wrong with the arguments of a call.
package struct CallArgumentError: Error, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
