internal import JSONRPC

/// What ``PublishState`` and ``PlayState`` have in common on the wire: `{streamID, state, errorCode?}`.
enum StreamNotificationCoding {
    static func errorCode(_ reader: inout JSONReader) throws -> ZegoErrorCode {
        guard let number: Int = try reader.optionalInteger("errorCode") else { return .success }
        return ZegoError(number: number, message: "").code
    }

    static func json(streamID: StreamID, state: StreamMediaState, errorCode: ZegoErrorCode) -> JSONValue {
        var object: JSONObject = ["streamID": .string(streamID.rawValue), "state": .string(state.rawValue)]
        if errorCode != .success { object["errorCode"] = .integer(Int64(errorCode.number)) }
        return .object(object)
    }
}
