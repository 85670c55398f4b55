import JSONRPC
import RoomModel

/// Something that happened in a room, as a webhook tells it: the vendor's names and fields.
package struct WebhookEvent: Sendable, Equatable {
    /// `room_create` and so on.
    package let name: String
    package let appID: AppID
    /// What belongs to this kind of event.
    package let fields: JSONObject

    package init(name: String, appID: AppID, fields: JSONObject) {
        self.name = name
        self.appID = appID
        self.fields = fields
    }

    /// Whether the vendor writes the application and the time as numbers in this event, and not as texts.
    private var hasNumbers: Bool { name == "room_create" || name == "room_close" }

    /// The body of a request.
    /// - Parameters:
    ///   - timestamp: seconds since 1970.
    ///   - nonce: drawn for this request.
    func body(secret: String, timestamp: Int64, nonce: String) -> [UInt8] {
        let signature = WebhookSignature.make(secret: secret, timestamp: String(timestamp), nonce: nonce)
        let appID = Int64(appID.rawValue)
        let head: JSONObject = [
            "event": .string(name), "appid": hasNumbers ? .integer(appID) : .string(String(appID)),
            "timestamp": hasNumbers ? .integer(timestamp) : .string(String(timestamp)), "nonce": .string(nonce),
            "signature": .string(signature),
        ]
        return JSONValue.object(head.merging(fields)).serialized()
    }
}
