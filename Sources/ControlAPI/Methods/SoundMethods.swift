import JSONRPC
import RoomModel
import VoiceEngine

/// Mutes, volumes and levels.
enum SoundMethods {
    static let all: [Method<ControlContext>] = [
        muteMicrophone, muteSpeaker, mutePublish, mutePlay, muteAllPlay, setCaptureVolume, setPlayVolume,
        setAllPlayVolume, startMonitor, stopMonitor,
    ]

    private static let muteMicrophone = Method<ControlContext>(
        "muteMicrophone", "Sends silence instead of the microphone; the device stays open.", parameters: [.mute],
        memory: .setting("muteMicrophone")
    ) { call in
        var reader = call.reader
        return Reply(try await call.context.engine().muteMicrophone(reader.bool("mute")))
    }

    private static let muteSpeaker = Method<ControlContext>(
        "muteSpeaker", "Silences the output.", parameters: [.mute], memory: .setting("muteSpeaker")
    ) { call in
        var reader = call.reader
        return Reply(try await call.context.engine().muteSpeaker(reader.bool("mute")))
    }

    private static let mutePublish = Method<ControlContext>(
        "mutePublishStreamAudio", "Mutes one publish channel; listeners are told.", parameters: [.mute, .channel],
        memory: .setting("mutePublishStreamAudio", by: "channel")
    ) { call in
        var reader = call.reader
        return Reply(
            try await call.context.engine().mutePublishStreamAudio(reader.bool("mute"), channel: reader.channel()))
    }

    private static let mutePlay = Method<ControlContext>(
        "mutePlayStreamAudio", "Mutes one played stream.", parameters: [.mute, .streamID],
        errors: [.sdk(.streamNotPlayed)], memory: .playerSetting("mute")
    ) { call in
        var reader = call.reader
        return Reply(
            try await call.context.engine().mutePlayStreamAudio(
                reader.bool("mute"), streamID: reader.string("streamID")))
    }

    private static let muteAllPlay = Method<ControlContext>(
        "muteAllPlayStreamAudio", "Mutes all played streams, later ones too.", parameters: [.mute],
        memory: .setting("muteAllPlayStreamAudio")
    ) { call in
        var reader = call.reader
        return Reply(try await call.context.engine().muteAllPlayStreamAudio(reader.bool("mute")))
    }

    private static let setCaptureVolume = Method<ControlContext>(
        "setCaptureVolume", "The volume of what is captured; 100 is as it comes.",
        parameters: [.required("volume", .volume, "percent")], memory: .setting("captureVolume")
    ) { call in
        var reader = call.reader
        return Reply(try await call.context.engine().setCaptureVolume(reader.integer("volume")))
    }

    private static let setPlayVolume = Method<ControlContext>(
        "setPlayVolume", "The volume of one played stream; 100 is as it comes.",
        parameters: [.required("volume", .volume, "percent"), .streamID], errors: [.sdk(.streamNotPlayed)],
        memory: .playerSetting("volume")
    ) { call in
        var reader = call.reader
        return Reply(
            try await call.context.engine().setPlayVolume(reader.integer("volume"), streamID: reader.string("streamID"))
        )
    }

    private static let setAllPlayVolume = Method<ControlContext>(
        "setAllPlayStreamVolume", "The volume of all played streams.",
        parameters: [.required("volume", .volume, "percent")], memory: .settingOfAllPlayers("volume")
    ) { call in
        var reader = call.reader
        return Reply(try await call.context.engine().setAllPlayStreamVolume(reader.integer("volume")))
    }

    private static let startMonitor = Method<ControlContext>(
        "startSoundLevelMonitor", "Turns sound-level events on.",
        parameters: [.optional("intervalMs", .integer(100...3000), default: 100, "milliseconds between two events")]
    ) { call in
        var reader = call.reader
        let interval: Int = try reader.optionalInteger("intervalMs") ?? 100
        return Reply(try await call.context.engine().startSoundLevelMonitor(intervalMs: interval))
    }

    private static let stopMonitor = Method<ControlContext>(
        "stopSoundLevelMonitor", "Turns sound-level events off."
    ) { call in
        Reply(try await call.context.engine().stopSoundLevelMonitor())
    }
}
