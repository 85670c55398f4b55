/// The answer of `getAudioDeviceList`.
package struct DeviceListResult: Sendable, Equatable {
    /// One sound device.
    package struct Device: Sendable, Equatable {
        /// What `useAudioDevice` and the configuration take: the ALSA PCM name.
        package let deviceID: String
        /// For people.
        package let deviceName: String

        package init(deviceID: String, deviceName: String) {
            self.deviceID = deviceID
            self.deviceName = deviceName
        }
    }

    package let devices: [Device]
    package let lastSeq: UInt64

    package init(devices: [Device], lastSeq: UInt64) {
        self.devices = devices
        self.lastSeq = lastSeq
    }
}
