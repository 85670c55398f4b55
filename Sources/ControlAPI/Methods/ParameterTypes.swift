import JSONRPC
import RoomModel
import VoiceEngine

/// The parameter types that several methods share. Lengths of identifiers are not among them: those are checked with
/// the SDK's own numbers (1002013 and so on).
extension Schema {
    static let channel = Schema.choice(PublishChannel.allCases.map(\.rawValue))
    static let volume = Schema.integer(0...200)
    static let deviceType = Schema.choice(AudioDeviceType.allCases.map(\.rawValue))
    static let wait = Schema.oneOf([.number(0...120), .no])
    static let endpoint = Schema.object([
        .required("url", .string(maximumBytes: 4096), "https://… or http://…; of it only the origin is ever shown"),
        .optional("bearerToken", .string(maximumBytes: 8192), "sent to that origin only, shown nowhere"),
    ])
}

extension Parameter {
    static let wait = Parameter.optional(
        "wait", .wait, default: 20, "seconds to wait for the outcome, or false: answer when the work has begun")
    static let channel = Parameter.optional("channel", .channel, default: "main", "the publish channel")
    static let streamID = Parameter.required("streamID", .string(), "the stream")
    static let mute = Parameter.required("mute", .boolean, "true mutes")
}

extension JSONReader {
    /// `wait`: seconds, or false.
    mutating func wait(default defaultWait: CallWait = .seconds(20)) -> CallWait {
        switch optionalValue("wait") {
        case nil: defaultWait
        case .bool(false): .no
        case .some(let value): value.double.map { .seconds($0) } ?? defaultWait
        }
    }

    /// A WHIP or WHEP endpoint, which goes without a room.
    mutating func endpoint(_ name: String) throws(JSONShapeError) -> MediaEndpoint? {
        guard var endpoint = try optionalObject(name) else { return nil }
        guard optionalValue("roomID") == nil else {
            throw JSONShapeError(path: name, expected: "\(name) or roomID", got: "both")
        }
        return MediaEndpoint(
            url: try endpoint.string("url"), bearerToken: try endpoint.optionalString("bearerToken"))
    }

    /// `channel`, `main` when absent.
    mutating func channel() throws(JSONShapeError) -> PublishChannel {
        try optionalChoice("channel", as: PublishChannel.self) ?? .main
    }
}

extension Reply {
    /// The reply of a call that has nothing else to say.
    init(_ call: CallResult) {
        self.init(seq: call.lastSeq)
    }
}
