import RoomServer

/// What the methods of an admin socket work on.
package struct AdminContext: Sendable {
    package let version: String
    /// The applications; nil when this daemon has no room server.
    package let applications: AppStore?
    /// The rooms at this moment; nil when this daemon has no room server.
    package let rooms: @Sendable () async -> RoomServerSnapshot?

    /// Where the room server's page is (`http://127.0.0.1:8790/`); nil when no room server runs.
    package let pageURL: @Sendable () -> String?

    package init(
        version: String, applications: AppStore?, pageURL: @escaping @Sendable () -> String?,
        rooms: @escaping @Sendable () async -> RoomServerSnapshot?
    ) {
        self.version = version
        self.applications = applications
        self.pageURL = pageURL
        self.rooms = rooms
    }
}
