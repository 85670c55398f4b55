import JSONRPC
import RoomModel
import RoomServer
import Transport

/// Where an engine finds its room server, and with which application it goes there.
package enum EngineServer {
    /// The URL of the room server.
    ///
    /// - Parameters:
    ///   - wanted: what `createEngine` or the configuration says: nil or `embedded`, else `ws://host:port` or
    ///     `wss://host:port`.
    ///   - boundAddress: where the embedded server listens; nil when there is none.
    package static func url(_ wanted: String?, boundAddress: String?) throws -> String {
        if let wanted, wanted != "embedded" {
            guard DaemonConfiguration.isServerURL(wanted) else {
                throw JSONShapeError(
                    path: "server", expected: "embedded, ws://host:port or wss://host:port",
                    got: "\"\(wanted)\"")
            }
            return wanted
        }
        guard let boundAddress else {
            throw JSONShapeError(
                path: "server",
                expected: "ws://host:port or wss://host:port, because this daemon embeds no room server",
                got: "embedded")
        }
        return "ws://\(reachable(boundAddress))"
    }

    /// The address under which this machine reaches a server that listens there: loopback for all addresses.
    static func reachable(_ address: String) -> String {
        if address.hasPrefix("0.0.0.0:") { return "127.0.0.1:" + address.dropFirst("0.0.0.0:".count) }
        if address.hasPrefix("[::]:") { return "[::1]:" + address.dropFirst("[::]:".count) }
        return address
    }

    /// The application: of the call, of the configuration, or of the embedded server (its first, or the keys of the
    /// one that is named).
    ///
    /// - Throws: 1001000 when there is none, 1001003 when its AppSign is not known.
    package static func credentials(
        _ options: EngineOptions, _ configuration: DaemonConfiguration.Engine, _ applications: AppStore?
    ) throws(ZegoError) -> (appID: UInt32, appSign: String) {
        let first = applications?.first
        guard let appID = options.appID ?? configuration.appID ?? first?.appID.rawValue else {
            throw ZegoError(.appIDZero, detail: "neither createEngine nor engine.app_id names an application")
        }
        if let appSign = options.appSign { return (appID, try AppSign(hexadecimal: appSign).hexadecimal) }
        let configured = configuration.appID == appID || configuration.appID == nil && options.appID == nil
        if configured, let appSign = configuration.appSign { return (appID, appSign.hexadecimal) }
        if let known = applications?.credentials(try AppID(appID)) { return (appID, known.appSign.hexadecimal) }
        throw ZegoError(.appSignNull, detail: "neither createEngine nor engine.app_sign gives the AppSign of \(appID)")
    }
}
