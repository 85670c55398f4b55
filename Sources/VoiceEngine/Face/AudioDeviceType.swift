/// Which side of the sound hardware.
package enum AudioDeviceType: String, Sendable, CaseIterable {
    case input
    case output
}
