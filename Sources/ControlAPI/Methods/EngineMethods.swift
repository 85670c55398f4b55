import JSONRPC
import RoomModel
import VoiceEngine

/// The engine itself: `createEngine`, `destroy`.
enum EngineMethods {
    static let all: [Method<ControlContext>] = [create, destroy]

    private static let create = Method<ControlContext>(
        "createEngine", aliases: ["createEngineWithProfile"],
        "Makes the one engine; a second call gives the one that exists.",
        parameters: [
            .optional("appID", .integer(1...4_294_967_295), "the application; absent: the configured one"),
            .optional("appSign", .string(), "the application's AppSign: 64 hexadecimal digits"),
            .optional(
                "server", .string(), "embedded, ws://host:port, or wss://host:port (engine.tls_ca and tls_pin hold)"),
            .optional("scenario", .choice(Scenario.allCases.map(\.rawValue)), "the audio defaults"),
            .optional("roomMode", .choice(RoomMode.allCases.map(\.rawValue)), "one room, or up to five"),
        ],
        result: [.required("created", .boolean, "false when it existed already")],
        errors: [.sdk(.appIDZero), .sdk(.appSignInvalidLength), .sdk(.appSignInvalidCharacter)], memory: .makesEngine
    ) { call in
        let options = try EngineOptions(call.params)
        let created = try await call.context.engines.create(options)
        return Reply(["created": .bool(created)])
    }

    private static let destroy = Method<ControlContext>(
        "destroy", aliases: ["destroyEngine"],
        "Logs out, stops everything, and answers when devices and sockets are released.",
        memory: .forgetsAll
    ) { call in
        await call.context.engines.destroy()
        return Reply()
    }
}
