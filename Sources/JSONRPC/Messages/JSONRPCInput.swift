/// What one text (a line, a WebSocket frame) holds: one message or a batch.
package enum JSONRPCInput: Sendable, Hashable {
    case message(JSONRPCMessage)
    /// In the order of the array; an element that is no message is a rejection, which is answered in its place.
    case batch([Result<JSONRPCMessage, JSONRPCRejection>])

    /// How many messages a batch may have.
    package static let defaultMaximumBatch = 64

    /// Parses a text.
    ///
    /// - Throws: the response to give when the text as a whole is refused: -32700 for bad UTF-8, bad JSON or nesting
    ///   over 64, -32600 for an empty or too long batch and for a single message that is none.
    package init(
        parsing text: some Collection<UInt8>, maximumBatch: Int = JSONRPCInput.defaultMaximumBatch
    ) throws(JSONRPCRejection) {
        let json: JSONValue
        do {
            json = try JSONValue(parsing: text)
        } catch {
            throw JSONRPCRejection(.parseError("\(error)"))
        }
        guard case .array(let elements) = json else {
            self = .message(try JSONRPCMessage(json: json))
            return
        }
        guard !elements.isEmpty else { throw JSONRPCRejection(.invalidRequest("the batch is empty")) }
        guard elements.count <= maximumBatch else {
            throw JSONRPCRejection(
                .invalidRequest("a batch has at most \(maximumBatch) messages, this has \(elements.count)"))
        }
        self = .batch(
            elements.map { element in
                do throws(JSONRPCRejection) {
                    return .success(try JSONRPCMessage(json: element))
                } catch {
                    return .failure(error)
                }
            })
    }
}
