import JSONRPC
import VoiceEngine

/// The parameters of `createEngine`; what is nil comes from the configuration.
package struct EngineOptions: Sendable, Equatable {
    package var appID: UInt32?
    package var appSign: String?
    package var server: String?
    package var scenario: Scenario?
    package var roomMode: RoomMode?

    package init() {}

    /// Reads the parameters.
    package init(_ params: JSONObject) throws(JSONShapeError) {
        var reader = JSONReader(params)
        appID = try reader.optionalInteger("appID")
        appSign = try reader.optionalString("appSign")
        server = try reader.optionalString("server")
        scenario = try reader.optionalChoice("scenario")
        roomMode = try reader.optionalChoice("roomMode")
    }
}
