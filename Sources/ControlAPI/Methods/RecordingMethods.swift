import JSONRPC
import RoomModel
import VoiceEngine

/// Recordings.
enum RecordingMethods {
    static let all: [Method<ControlContext>] = [start, stop]

    private static let type = Schema.choice(RecordingType.allCases.map(\.rawValue))

    private static let start = Method<ControlContext>(
        "startRecording",
        "Records what is said, heard, or both, into a file below the files directory; at most four at once.",
        parameters: [
            .required("path", .string(maximumBytes: 4095), "a new file: .wav, or .ogg or .opus for Opus"),
            .required("type", type, "this side, the others, or both"),
            .optional("overwrite", .boolean, default: false, "takes the place of a file that exists"),
            .optional(
                "numbered", .boolean, default: false,
                "a file that exists stays, and the new one gets the next free number: call-2.ogg beside call.ogg"),
        ],
        result: [.required("path", .string(), "the file that was made")],
        errors: [
            .sdk(.recordSuffixNotSupported), .sdk(.recordPathTooLong), .sdk(.recordOpenFailed), .sdk(.recordNoSpace),
        ], memory: .records
    ) { call in
        var reader = call.reader
        let overwrites = try reader.optionalBool("overwrite") ?? false
        let isNumbered = try reader.optionalBool("numbered") ?? false
        guard !overwrites || !isNumbered else {
            throw JSONShapeError(path: "numbered", expected: "overwrite or numbered", got: "both")
        }
        let result = try await call.context.engine().startRecording(
            path: reader.string("path"), type: reader.choice("type"),
            existing: overwrites ? .replace : isNumbered ? .number : .refuse)
        return Reply(["path": .string(result.path)], seq: result.lastSeq)
    }

    private static let stop = Method<ControlContext>(
        "stopRecording", "Completes recordings: that of a path, those of a type, or all.",
        parameters: [
            .optional("path", .string(maximumBytes: 4095), "of the file, or as startRecording was given it"),
            .optional("type", type, "all of this type"),
        ], memory: .stopsRecording
    ) { call in
        var reader = call.reader
        return Reply(
            try await call.context.engine().stopRecording(
                path: reader.optionalString("path"), type: reader.optionalChoice("type")))
    }
}
