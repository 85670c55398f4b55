import JSONRPC
import RoomModel
import VoiceEngine

/// Echo, noise, gain, and the scenarios that set them.
enum ProcessingMethods {
    static let all: [Method<ControlContext>] = [
        setScenario,
        method(
            "enableAEC", .echo, "Takes out of the microphone's sound what the loudspeaker plays.", default: .aggressive),
        method("enableANS", .noise, "Takes even noise out of the microphone's sound.", default: .medium),
        method("enableAGC", .gain, "Brings quiet and loud voices to the same level.", default: .medium),
    ]

    private static let setScenario = Method<ControlContext>(
        "setRoomScenario",
        "Sets bitrate, channels, frame and processing to what a scenario is for; before login.",
        parameters: [.required("scenario", .choice(Scenario.allCases.map(\.rawValue)), "what the room is for")],
        errors: [.sdk(.configurationAfterLogin)],
        memory: .scenario(resets: ["audioConfig", "enableAEC", "enableANS", "enableAGC"])
    ) { call in
        var reader = call.reader
        return Reply(try await call.context.engine().setRoomScenario(reader.choice("scenario")))
    }

    private static func method(
        _ name: String, _ part: ProcessingPart, _ summary: String, default mode: ProcessingMode
    ) -> Method<ControlContext> {
        Method<ControlContext>(
            name, summary + " Until setRoomScenario, which sets all three and what setAudioConfig has set.",
            parameters: [
                .required("enable", .boolean, "on or off"),
                .optional(
                    "mode", .choice(ProcessingMode.allCases.map(\.rawValue)), default: .string(mode.rawValue),
                    "how hard it goes at it"),
            ], memory: .setting(name)
        ) { call in
            var reader = call.reader
            return Reply(
                try await call.context.engine().enableProcessing(
                    part, reader.bool("enable"), mode: reader.optionalChoice("mode")))
        }
    }
}
