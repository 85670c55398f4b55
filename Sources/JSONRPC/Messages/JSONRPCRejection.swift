/// A text or a message that is refused as it stands, and the response that says so.
package struct JSONRPCRejection: Error, Sendable, Hashable {
    /// The id to answer with; `.null` when it could not be told.
    package var id: JSONRPCID
    package var error: JSONRPCError

    package init(id: JSONRPCID = .null, _ error: JSONRPCError) {
        self.id = id
        self.error = error
    }

    /// The response to send.
    package var response: JSONRPCResponse { JSONRPCResponse(id: id, result: .failure(error)) }
}
