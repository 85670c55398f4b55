import RoomModel
import RoomServer

/// What the methods of an admin socket work on.
package struct AdminContext: Sendable {
    package let version: String
    /// Nil when this daemon has no room server.
    package let server: RoomServer?

    package init(version: String, server: RoomServer?) {
        self.version = version
        self.server = server
    }

    /// The room server; 1000010 when this daemon has none.
    func roomServer() throws(ZegoError) -> RoomServer {
        guard let server else {
            throw ZegoError(
                .noModule, detail: "this daemon embeds no room server; ask the one that engine.server names")
        }
        return server
    }
}
