/// Where a publisher's sound comes from.
package enum PublishSource: Sendable, Equatable {
    /// The input device.
    case device
    /// A WAV file below the files directory.
    case file(path: String, loop: Bool)
    /// A sine tone.
    case tone(hertz: Double)
    case silence

    /// As `status` shows it: `device`, `file:PATH`, `tone:440`, `silence`.
    package var description: String {
        switch self {
        case .device: "device"
        case .file(let path, _): "file:\(path)"
        case .tone(let hertz): hertz == hertz.rounded() ? "tone:\(Int64(hertz))" : "tone:\(hertz)"
        case .silence: "silence"
        }
    }
}
