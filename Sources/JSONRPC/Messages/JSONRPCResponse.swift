/// A JSON-RPC 2.0 response: a result or an error, for the request with this id.
package struct JSONRPCResponse: Sendable, Hashable {
    /// The request's id; `.null` when it could not be told.
    package var id: JSONRPCID
    package var result: Result<JSONValue, JSONRPCError>

    package init(id: JSONRPCID, result: Result<JSONValue, JSONRPCError>) {
        self.id = id
        self.result = result
    }

    /// The message as it is written.
    package var json: JSONValue {
        switch result {
        case .success(let value): ["jsonrpc": "2.0", "id": id.json, "result": value]
        case .failure(let error): ["jsonrpc": "2.0", "id": id.json, "error": error.json]
        }
    }
}
