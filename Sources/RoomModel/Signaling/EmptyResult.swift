package import JSONRPC

/// The result of a request that has nothing to say: `{}`.
package struct EmptyResult: SignalingMessage {
    package init() {}

    package init(json: JSONValue) throws {
        _ = try JSONReader(json)
    }

    package var json: JSONValue { .object(JSONObject()) }
}
