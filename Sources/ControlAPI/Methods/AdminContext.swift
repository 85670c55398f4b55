import RoomServer

/// What the methods of an admin socket work on.
package struct AdminContext: Sendable {
    package let version: String
    /// The applications; nil when this daemon has no room server.
    package let applications: AppStore?
    /// The rooms at this moment; nil when this daemon has no room server.
    package let rooms: @Sendable () async -> RoomServerSnapshot?

    package init(
        version: String, applications: AppStore?, rooms: @escaping @Sendable () async -> RoomServerSnapshot?
    ) {
        self.version = version
        self.applications = applications
        self.rooms = rooms
    }
}
