package import JSONRPC

/// A notification with its number in the session: `params` has `seq` beside the notification's own members.
package struct NumberedNotification: Hashable, Sendable {
    /// 1 for the first one of the session, then without gaps.
    package let seq: UInt64
    package let notification: SignalingNotification

    package init(seq: UInt64, notification: SignalingNotification) {
        self.seq = seq
        self.notification = notification
    }

    /// Reads method and params; throws `JSONShapeError` or ``ZegoError``.
    package init(method: String, params: JSONValue) throws {
        var reader = try JSONReader(params)
        seq = try reader.integer("seq", in: 1...UInt64(Int64.max))
        notification = try SignalingNotification(method: method, params: params)
    }

    /// The params as they are written.
    package var params: JSONValue {
        let members: JSONObject = ["seq": .integer(Int64(clamping: seq))]
        return .object(members.merging(notification.json.object ?? JSONObject()))
    }

    /// The JSON-RPC notification.
    package var message: JSONRPCRequest {
        JSONRPCRequest(method: notification.method, params: params)
    }
}
