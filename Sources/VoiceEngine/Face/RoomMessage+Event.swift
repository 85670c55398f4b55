import JSONRPC
import RoomModel

extension RoomMessage {
    /// The fields of its event: `command` instead of `message` for a command, and the SDK's types of `messageID`.
    var eventFields: JSONObject {
        [
            "roomID": .string(roomID.rawValue), "fromUser": fromUser.json,
            kind == .customCommand ? "command" : "message": .string(text.text), "messageID": messageID.json(of: kind),
            "sendTime": .integer(sendTime),
        ]
    }
}

extension RoomMessage.Kind {
    /// The name of its event in the control API.
    var eventName: String {
        switch self {
        case .broadcast: "broadcast-message"
        case .barrage: "barrage-message"
        case .customCommand: "custom-command"
        }
    }
}

extension MessageID {
    /// A text for barrage messages and a number for the others, as the SDK has it.
    package func json(of kind: RoomMessage.Kind) -> JSONValue {
        kind == .barrage ? .string(String(number)) : .integer(number)
    }
}
