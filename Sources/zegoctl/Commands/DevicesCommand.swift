import ArgumentParser
import JSONRPC

/// `zegoctl devices`
struct DevicesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "devices", abstract: "Lists the sound devices.")

    @ParentCommand var root: ZegoctlCommand
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let caller = Caller(options: connection.or(root.connection))
        try Caller.reporting { () throws(CommandFailure) in
            var result = JSONObject()
            for type in ["input", "output"] {
                let list = try caller.call("getAudioDeviceList", ["type": .string(type)])
                result[type] = list["deviceList"] ?? []
            }
            if caller.options.json {
                Caller.print(JSONValue.object(result).description)
                return
            }
            let rows = result.flatMap { type, devices in
                (devices.array ?? []).map { [type, Text.plain($0["deviceID"]), Text.plain($0["deviceName"])] }
            }
            Caller.print(Text.table(["TYPE", "DEVICE", "NAME"], rows))
        }
    }
}
