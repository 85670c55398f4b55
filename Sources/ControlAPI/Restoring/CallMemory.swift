/// What a call means for what the daemon takes up again after a restart; each method of the catalogue says it of itself.
package enum CallMemory: Sendable, Equatable {
    /// Nothing.
    case none
    /// The engine was made by a call.
    case makesEngine
    /// All is over: nothing is to be taken up again.
    case forgetsAll
    /// A room was entered.
    case entersRoom
    /// A room was left, or all of them, and with it what was published and played there.
    case leavesRooms
    /// A room was left and another entered in its place.
    case switchesRoom
    /// The token of a room is another one.
    case renewsToken
    case publishes
    case stopsPublishing
    case plays
    case stopsPlaying
    case records
    case stopsRecording
    /// A setting of this name: the last call counts, one for each value of the parameter `by`.
    case setting(String, by: String? = nil)
    /// A scenario was set, which sets all that the named settings did.
    case scenario(resets: Set<String>)
    /// A setting of the engine's that the configuration has under this key: whichever changed last counts.
    case device
    /// A setting of one played stream; gone with it.
    case playerSetting(String)
    /// Goes before what was set for single streams under the name.
    case settingOfAllPlayers(String)

    /// Whether the caller is answered only when the disk has it. A slider that moves is not to wait for a disk.
    var isTask: Bool {
        switch self {
        case .none, .setting, .scenario, .playerSetting, .settingOfAllPlayers: false
        default: true
        }
    }
}
