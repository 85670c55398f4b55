import JSONRPC
import RoomModel
import VoiceEngine

/// Publishing and how it encodes.
enum PublisherMethods {
    static let all: [Method<ControlContext>] = [start, stop, setConfig, getConfig]

    private static let source = Schema.oneOf([
        .choice(["device", "silence"]),
        .object([
            .required("file", .string(maximumBytes: 4095), "a WAV file below the files directory"),
            .optional("loop", .boolean, default: false, "again from the start at its end"),
        ]),
        .object([.required("tone", .number(20...20_000), "hertz")]),
    ])

    private static let start = Method<ControlContext>(
        "startPublishing", aliases: ["startPublishingStream"],
        "Publishes a stream into a room, waiting for a login that is under way; or to a WHIP server.",
        parameters: [
            .required("streamID", .string(), "unique in the application: 1 to 255 of [A-Za-z0-9_-]"), .channel,
            .optional("roomID", .string(), "the room; needed when logged in to several"),
            .optional("source", source, default: "device", "where the sound comes from"),
            .optional("whip", .endpoint, "the WHIP server (RFC 9725) that it goes to instead of a room; no login"),
            .wait,
        ],
        result: [
            .required("streamID", .string(), "the stream"), .required("channel", .channel, "the channel"),
            .required("state", .string(), "as in publisher-state"),
        ],
        errors: [
            .sdk(.notLoggedIn), .sdk(.streamIDInvalidCharacter), .sdk(.alreadyPublishing),
            .sdk(.repetitivePublishStream), .sdk(.publishAuthenticationFailed), .sdk(.publishFailed),
            .sdk(.illegalParameter), .sdk(.publishRoomIDNull),
        ], isLongRunning: true, memory: .publishes
    ) { call in
        var reader = call.reader
        let result = try await call.context.engine().startPublishing(
            streamID: reader.string("streamID"), channel: reader.channel(), roomID: reader.optionalString("roomID"),
            source: publishSource(&reader), whip: reader.endpoint("whip"), wait: reader.wait())
        return Reply(
            [
                "streamID": .string(result.streamID), "channel": .string(result.channel.rawValue),
                "state": .string(result.state.rawValue),
            ], seq: result.lastSeq)
    }

    private static func publishSource(_ reader: inout JSONReader) throws(JSONShapeError) -> PublishSource {
        switch reader.optionalValue("source") {
        case nil, "device": return .device
        case "silence": return .silence
        default:
            var source = try reader.object("source")
            if let hertz = try source.optionalNumber("tone") { return .tone(hertz: hertz) }
            return .file(path: try source.string("file"), loop: try source.optionalBool("loop") ?? false)
        }
    }

    private static let stop = Method<ControlContext>(
        "stopPublishing", aliases: ["stopPublishingStream"], "Stops publishing, by channel or by stream.",
        parameters: [.channel, .optional("streamID", .string(), "the stream; then no channel")],
        memory: .stopsPublishing
    ) { call in
        var reader = call.reader
        guard let streamID = try reader.optionalString("streamID") else {
            return Reply(try await call.context.engine().stopPublishing(channel: reader.channel()))
        }
        guard reader.optionalValue("channel") == nil else {
            throw JSONShapeError(path: "channel", expected: "channel or streamID", got: "both")
        }
        return Reply(try await call.context.engine().stopPublishing(streamID: streamID))
    }

    private static let setConfig = Method<ControlContext>(
        "setAudioConfig", "How a channel encodes: the bitrate at any time, the rest before publishing.",
        parameters: [
            .optional("bitrateKbps", .integer(6...510), "kilobits per second"),
            .optional("channels", .choice(PublishAudioConfig.Channels.allCases.map(\.rawValue)), "mono or stereo"),
            .optional("frameMs", .integer(5...60), "the length of an Opus frame: 5, 10, 20, 40 or 60"),
            .optional(
                "preset", .choice(AudioPreset.allCases.map(\.rawValue)), "the SDK's presets; instead of the others"),
            .channel,
        ], errors: [.sdk(.configurationAfterEngineStarted), .sdk(.illegalParameter)],
        memory: .setting("audioConfig", by: "channel")
    ) { call in
        var reader = call.reader
        var bitrate: Int? = try reader.optionalInteger("bitrateKbps")
        var channels = try reader.optionalChoice("channels", as: PublishAudioConfig.Channels.self)
        let frameMs: Int? = try reader.optionalInteger("frameMs")
        if let preset = try reader.optionalChoice("preset", as: AudioPreset.self) {
            guard bitrate == nil, channels == nil else {
                throw JSONShapeError(path: "preset", expected: "a preset, or bitrateKbps and channels", got: "both")
            }
            bitrate = preset.bitrateKbps
            channels = preset.channels
        }
        return Reply(
            try await call.context.engine().setAudioConfig(
                bitrateKbps: bitrate, channels: channels, frameMs: frameMs, channel: reader.channel()))
    }

    private static let getConfig = Method<ControlContext>(
        "getAudioConfig", "How a channel encodes.", parameters: [.channel],
        result: [
            .required("bitrateKbps", .integer(6...510), "kilobits per second"),
            .required("channels", .choice(["mono", "stereo"]), "mono or stereo"),
            .required("frameMs", .integer(5...60), "the length of an Opus frame"),
        ]
    ) { call in
        var reader = call.reader
        let channel = try reader.channel()
        let config = try await call.context.engine().audioConfig(channel: channel)
        return Reply([
            "bitrateKbps": .integer(Int64(config.bitrateKbps)), "channels": .string(config.channels.rawValue),
            "frameMs": .integer(Int64(config.frameMs)), "channel": .string(channel.rawValue),
        ])
    }
}
