/// One JSON-RPC 2.0 message: a request or notification, or a response.
package enum JSONRPCMessage: Sendable, Hashable {
    case request(JSONRPCRequest)
    case response(JSONRPCResponse)

    /// Reads one message.
    ///
    /// - Throws: what is wrong, as the response that the specification asks for (-32600; the id where it could be
    ///   told, else null).
    package init(json: JSONValue) throws(JSONRPCRejection) {
        guard case .object(let object) = json else {
            throw JSONRPCRejection(.invalidRequest("a message is an object, this is \(json.kind)"))
        }
        let id = object["id"].map { JSONRPCID(json: $0) }
        // An id that cannot be one, or that could not be given back exactly, is as good as none in the answer.
        let answerID: JSONRPCID = (id ?? nil) ?? .null
        guard object["jsonrpc"] == "2.0" else {
            throw JSONRPCRejection(id: answerID, .invalidRequest("\"jsonrpc\" has to be \"2.0\""))
        }
        if let id, id == nil {
            throw JSONRPCRejection(.invalidRequest("\"id\" has to be a string, an integer of 64 bits or null"))
        }
        if object["method"] == nil, object["result"] != nil || object["error"] != nil {
            self = .response(try Self.response(object, id: answerID))
            return
        }
        guard case .string(let method)? = object["method"] else {
            throw JSONRPCRejection(id: answerID, .invalidRequest("\"method\" has to be a string"))
        }
        switch object["params"] {
        case nil, .object, .array: break
        case .some(let other):
            throw JSONRPCRejection(
                id: answerID, .invalidRequest("\"params\" has to be an object, this is \(other.kind)"))
        }
        for key in object.keys where !["jsonrpc", "id", "method", "params"].contains(key) {
            throw JSONRPCRejection(id: answerID, .invalidRequest("a request has no member \"\(key)\""))
        }
        self = .request(JSONRPCRequest(id: id ?? nil, method: method, params: object["params"]))
    }

    private static func response(
        _ object: JSONObject, id: JSONRPCID
    ) throws(JSONRPCRejection) -> JSONRPCResponse {
        guard let error = object["error"] else {
            return JSONRPCResponse(id: id, result: .success(object["result"] ?? .null))
        }
        guard object["result"] == nil, let error = try? JSONRPCError(json: error) else {
            throw JSONRPCRejection(.invalidRequest("a response has a result or an error with code and message"))
        }
        return JSONRPCResponse(id: id, result: .failure(error))
    }

    /// The message as it is written.
    package var json: JSONValue {
        switch self {
        case .request(let request): request.json
        case .response(let response): response.json
        }
    }
}
