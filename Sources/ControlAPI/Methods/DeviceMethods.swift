import JSONRPC
import RoomModel
import VoiceEngine

/// Sound devices.
enum DeviceMethods {
    static let all: [Method<ControlContext>] = [list, use]

    private static let list = Method<ControlContext>(
        "getAudioDeviceList", "The sound devices of one side.",
        parameters: [.required("type", .deviceType, "input or output")],
        result: [
            .required("deviceList", .array(of: .anyObject, maximumCount: 10_000), "deviceID and deviceName of each")
        ]
    ) { call in
        var reader = call.reader
        let result = try await call.context.engine().audioDeviceList(reader.choice("type"))
        return Reply(
            [
                "deviceList": .array(
                    result.devices.map { ["deviceID": .string($0.deviceID), "deviceName": .string($0.deviceName)] })
            ], seq: result.lastSeq)
    }

    private static let use = Method<ControlContext>(
        "useAudioDevice",
        "Changes a device, during a call too; answers when it has opened. One that does not open is chosen all the same, and silent until it does.",
        parameters: [
            .required("type", .deviceType, "input or output"),
            .required(
                "deviceID", .string(maximumBytes: 255),
                "an ALSA PCM name, null, tone:440, loopback, or what the configuration names"),
        ], errors: [.sdk(.deviceInvalidID), .sdk(.deviceInUse), .sdk(.deviceNoAuthorization)],
        memory: .device
    ) { call in
        var reader = call.reader
        let type = try reader.choice("type", as: AudioDeviceType.self)
        let deviceID = try CallerDeviceID.check(
            reader.string("deviceID"), configured: call.context.keeper?.configuredDevice(type.rawValue))
        return Reply(try await call.context.engine().useAudioDevice(type, deviceID: deviceID))
    }
}
