/// What has become of a device that was asked for. Whatever it is, the call goes on: on silence and a timer, if need
/// be.
package enum AudioDeviceState: String, Sendable, Hashable {
    /// Not opened yet, or let go of when the system stopped.
    case closed
    /// Sound goes through it.
    case running
    /// It could not be opened; tried again every second.
    case failed
    /// It was running and vanished, or stood still; tried again every second.
    case lost
}
