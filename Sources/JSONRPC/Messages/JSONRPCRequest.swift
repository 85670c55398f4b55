/// A JSON-RPC 2.0 request, or a notification when it has no id.
package struct JSONRPCRequest: Sendable, Hashable {
    /// What the response is matched by; nil: a notification, which is never answered.
    package var id: JSONRPCID?
    package var method: String
    /// An object or an array; nil when absent.
    package var params: JSONValue?

    package init(id: JSONRPCID? = nil, method: String, params: JSONValue? = nil) {
        self.id = id
        self.method = method
        self.params = params
    }

    /// The message as it is written.
    package var json: JSONValue {
        var object: JSONObject = ["jsonrpc": "2.0"]
        if let id { object["id"] = id.json }
        object["method"] = .string(method)
        if let params { object["params"] = params }
        return .object(object)
    }
}
