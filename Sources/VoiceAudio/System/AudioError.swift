/// What can go wrong when sound is asked for. ``message`` says what, and what to do about it.
package enum AudioError: Error, Sendable, Hashable {
    /// No ALSA PCM of this name.
    case unknownDevice(name: String, detail: String)
    /// Another program holds the card.
    case deviceBusy(name: String)
    /// The user may not open the card.
    case deviceForbidden(name: String)
    /// The card is there and does not do what is needed, or vanished.
    case deviceUnusable(name: String, detail: String)
    /// A name that no device can have: `tone:` without a frequency, `tone:` as an output, …
    case malformedDeviceName(name: String, detail: String)
    /// A file cannot be read or is not a WAV file that can be played.
    case unreadableFile(path: String, detail: String)
    /// A file cannot be made or written.
    case unwritableFile(path: String, detail: String)
    /// The disk of a file is full, or its quota used up.
    case diskFull(path: String)
    /// A parameter out of its range.
    case invalidParameter(name: String, detail: String)
    /// An encoder or decoder could not be made.
    case codec(detail: String)
    /// The system was stopped.
    case stopped

    package var message: String {
        switch self {
        case .unknownDevice(let name, let detail):
            "no audio device named \"\(name)\"\(detail.isEmpty ? "" : " (\(detail))"); "
                + "`zegoctl devices` lists those that exist"
        case .deviceBusy(let name):
            "the audio device \"\(name)\" is held by another program; "
                + "close that, or use a shared device such as \"default\""
        case .deviceForbidden(let name):
            "no permission to open the audio device \"\(name)\"; the daemon's user must be in group \"audio\""
        case .deviceUnusable(let name, let detail):
            "the audio device \"\(name)\" cannot be used: \(detail)"
        case .malformedDeviceName(let name, let detail):
            "\"\(name)\" is not a device name: \(detail)"
        case .unreadableFile(let path, let detail):
            "cannot play \(path): \(detail)"
        case .unwritableFile(let path, let detail):
            "cannot write \(path): \(detail)"
        case .diskFull(let path):
            "no space is left on the disk of \(path)"
        case .invalidParameter(let name, let detail):
            "\(name): \(detail)"
        case .codec(let detail):
            "the Opus codec refused: \(detail)"
        case .stopped:
            "the audio system was stopped"
        }
    }
}

extension AudioError: CustomStringConvertible {
    package var description: String { message }
}
