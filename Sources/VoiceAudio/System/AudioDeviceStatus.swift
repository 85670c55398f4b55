/// A device in use and how it fares.
package struct AudioDeviceStatus: Sendable, Hashable {
    package let direction: AudioDirection
    /// The name as it was asked for.
    package let deviceID: String
    package let state: AudioDeviceState
    /// Why it is not running, and what to do; nil while it is.
    package let error: AudioError?
    /// What else is to be said of an event: that the name stands for another device.
    package var note: String?

    package init(direction: AudioDirection, deviceID: String, state: AudioDeviceState, error: AudioError? = nil) {
        self.direction = direction
        self.deviceID = deviceID
        self.state = state
        self.error = error
    }
}
