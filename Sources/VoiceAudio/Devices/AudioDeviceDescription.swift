/// A device that can be asked for.
package struct AudioDeviceDescription: Sendable, Hashable {
    /// What ``AudioSystem/useDevice(_:for:)`` and the configuration take.
    package let deviceID: String
    /// For people; one line.
    package let name: String

    package init(deviceID: String, name: String) {
        self.deviceID = deviceID
        self.name = name
    }
}
