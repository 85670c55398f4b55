import JSONRPC
import RoomModel
import VoiceEngine

/// Playing.
enum PlayerMethods {
    static let all: [Method<ControlContext>] = [start, stop]

    private static let start = Method<ControlContext>(
        "startPlaying", aliases: ["startPlayingStream"],
        "Plays a stream of a room or of a WHEP server; answers at play-requesting unless wait is given. A stream that is not there yet is waited for. One that plays already goes on as it is, but for bufferRange, which changes at once (the SDK's setPlayStreamBufferIntervalRange); another sink is refused.",
        parameters: [
            .streamID, .optional("roomID", .string(), "the room, where it matters"),
            .optional(
                "sink",
                .oneOf([
                    .choice(["device"]),
                    .object([
                        .required("file", .string(maximumBytes: 4095), "a new WAV file below the files directory"),
                        .optional(
                            "numbered", .boolean, default: false,
                            "a file that exists stays, and the new one gets the next free number"),
                    ]),
                ]), default: "device", "where the sound goes"),
            .optional(
                "bufferRange",
                .object([
                    .required("minMs", .integer(0...4000), "least delay of the jitter buffer"),
                    .required("maxMs", .integer(0...4000), "most delay"),
                ]), "the bounds of the jitter buffer"),
            .optional("whep", .endpoint, "the WHEP server that it comes from instead of a room; needs no login"),
            .optional("wait", .wait, default: false, "seconds to wait until it plays"),
        ],
        result: [
            .required("streamID", .string(), "the stream"), .required("state", .string(), "as in player-state"),
            .optional("file", .string(), "the file that was made"),
        ],
        errors: [
            .sdk(.notLoggedIn), .sdk(.streamIDInvalidCharacter), .sdk(.playerCountExceeded), .sdk(.playFailed),
            .sdk(.playAuthenticationFailed), .sdk(.illegalParameter), .sdk(.playRoomIDNull),
        ],
        isLongRunning: true, memory: .plays
    ) { call in
        var reader = call.reader
        let result = try await call.context.engine().startPlaying(
            streamID: reader.string("streamID"), roomID: reader.optionalString("roomID"), sink: playSink(&reader),
            bufferRange: bufferRange(&reader), whep: reader.endpoint("whep"), wait: reader.wait(default: .no))
        var reply: JSONObject = ["streamID": .string(result.streamID), "state": .string(result.state.rawValue)]
        if let file = result.file { reply["file"] = .string(file) }
        return Reply(reply, seq: result.lastSeq)
    }

    private static func playSink(_ reader: inout JSONReader) throws(JSONShapeError) -> PlaySink? {
        switch reader.optionalValue("sink") {
        case nil: return nil
        case "device": return .device
        default:
            var sink = try reader.object("sink")
            return .file(
                path: try sink.string("file"), isNumbered: try sink.optionalBool("numbered") ?? false)
        }
    }

    private static func bufferRange(_ reader: inout JSONReader) throws(JSONShapeError) -> BufferRange? {
        guard var range = try reader.optionalObject("bufferRange") else { return nil }
        let minimum: Int = try range.integer("minMs")
        let maximum: Int = try range.integer("maxMs")
        guard minimum <= maximum else {
            throw JSONShapeError(path: "bufferRange.maxMs", expected: "at least minMs (\(minimum))", got: "\(maximum)")
        }
        return BufferRange(minMs: minimum, maxMs: maximum)
    }

    private static let stop = Method<ControlContext>(
        "stopPlaying", aliases: ["stopPlayingStream"], "Stops playing a stream.", parameters: [.streamID],
        errors: [.sdk(.streamNotPlayed)], memory: .stopsPlaying
    ) { call in
        var reader = call.reader
        return Reply(try await call.context.engine().stopPlaying(streamID: reader.string("streamID")))
    }
}
