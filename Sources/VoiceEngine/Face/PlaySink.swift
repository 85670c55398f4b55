/// Where a played stream goes.
package enum PlaySink: Sendable, Equatable {
    /// Into the mix for the output device.
    case device
    /// Into a WAV file below the files directory (48 kHz, 16 bit); nothing that exists is overwritten: the call is refused
    /// then, or the new file gets a number.
    case file(path: String, isNumbered: Bool = false)

    /// For messages.
    var words: String {
        switch self {
        case .device: "the device"
        case .file(let path, _): path
        }
    }
}
