/// Whether a second login is refused (1002001) or opens a second room on the same session.
package enum RoomMode: String, Sendable, CaseIterable {
    case single
    case multi

    /// Rooms at once.
    package var limit: Int { self == .single ? 1 : 5 }
}
