import Logging

extension RoomServer {
    /// A server with the forwarder as its media side; see ``init(configuration:logger:makeMedia:)``.
    package convenience init(configuration: RoomServerConfiguration, logger: Logger) throws(AppStoreError) {
        try self.init(configuration: configuration, logger: logger) { setup in try ForwarderMedia(setup) }
    }
}
