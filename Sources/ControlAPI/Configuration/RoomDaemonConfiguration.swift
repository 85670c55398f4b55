import JSONRPC
import Logging

/// What `zego-roomd.toml` says: `[server]` and `[log]` as in zegod's file.
package struct RoomDaemonConfiguration: Sendable {
    package var server = ServerSection()
    package var logLevel = Logger.Level.info
    package let json: JSONObject

    /// Reads the values of a file.
    package init(file: ConfigurationFile) throws(ConfigurationError) {
        json = file.json
        do throws(JSONShapeError) {
            var root = JSONReader(file.json)
            if var section = try root.optionalObject("server") { server = try ServerSection(&section, server) }
            logLevel = try DaemonConfiguration.logLevel(&root) ?? logLevel
            try root.finish()
            guard server.isEnabled else {
                throw JSONShapeError(path: "server.enabled", expected: "true: this program is the server", got: "false")
            }
        } catch {
            throw file.error(error)
        }
        if server.holdsSecrets { try file.requirePrivacy(because: "server") }
    }
}
