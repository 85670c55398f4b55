/// The error of a JSON-RPC response: a number, a sentence for people, and data for programs.
package struct JSONRPCError: Error, Sendable, Hashable {
    /// Stable number: JSON-RPC's own (negative), or the SDK's (positive).
    package var code: Int
    /// For people; may change.
    package var message: String
    /// For programs, when there is more to say.
    package var data: JSONObject?

    package init(code: Int, message: String, data: JSONObject? = nil) {
        self.code = code
        self.message = message
        self.data = data
    }

    /// The error object as it is written.
    package var json: JSONValue {
        var object: JSONObject = ["code": .integer(Int64(code)), "message": .string(message)]
        if let data { object["data"] = .object(data) }
        return .object(object)
    }

    /// Reads an error object of a peer; members beyond the standard ones are ignored.
    package init(json: JSONValue, path: String = "error") throws(JSONShapeError) {
        var reader = try JSONReader(json, path: path)
        code = try reader.integer("code")
        message = try reader.string("message")
        data = reader.optionalValue("data")?.object
    }
}

extension JSONRPCError {
    /// The codes that JSON-RPC 2.0 itself gives.
    package enum Code {
        /// The text is not JSON.
        package static let parseError = -32700
        /// The JSON is not a request.
        package static let invalidRequest = -32600
        /// There is no such method.
        package static let methodNotFound = -32601
        /// The parameters are not as the method asks.
        package static let invalidParams = -32602
        /// A failure inside the server.
        package static let internalError = -32603
    }

    /// -32700 with the reason.
    package static func parseError(_ reason: String) -> JSONRPCError {
        JSONRPCError(code: Code.parseError, message: "Parse error: \(reason)", data: ["name": "PARSE_ERROR"])
    }

    /// -32600 with the reason.
    package static func invalidRequest(_ reason: String) -> JSONRPCError {
        JSONRPCError(
            code: Code.invalidRequest, message: "Invalid Request: \(reason)", data: ["name": "INVALID_REQUEST"])
    }

    /// -32602 with `data.path`, `data.expected` and `data.got`.
    package static func invalidParams(_ error: JSONShapeError) -> JSONRPCError {
        JSONRPCError(
            code: Code.invalidParams, message: "Invalid params: \(error)",
            data: [
                "name": "INVALID_PARAMS", "path": .string(error.path), "expected": .string(error.expected),
                "got": .string(error.got),
            ])
    }
}

extension JSONRPCError: CustomStringConvertible {
    package var description: String { "\(message) (\(code))" }
}
