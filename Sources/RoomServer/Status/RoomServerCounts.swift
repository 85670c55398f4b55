/// How many of what a server has: for `status` and `/metrics`.
package struct RoomServerCounts: Hashable, Sendable {
    package var connections = 0
    package var sessions = 0
    package var rooms = 0
    /// Users in rooms: one that is in two rooms counts twice.
    package var users = 0
    package var streams = 0

    package init() {}
}
