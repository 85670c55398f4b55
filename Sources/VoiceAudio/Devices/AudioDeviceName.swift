/// A device name as it stands in the configuration, taken apart.
enum AudioDeviceName: Hashable, Sendable {
    /// Silence in, nothing out.
    case null
    /// A sine; input only.
    case tone(hertz: Double)
    /// A WAV file, looped as input, written as output.
    case file(path: String)
    /// A pair: what the output `loopback` is given is what the input `loopback` captures.
    case loopback
    /// An ALSA PCM.
    case alsa(String)

    init(_ name: String, for direction: AudioDirection) throws(AudioError) {
        if name == "null" {
            self = .null
        } else if name == "loopback" {
            self = .loopback
        } else if name.hasPrefix("file:") {
            let path = String(name.dropFirst("file:".count))
            guard !path.isEmpty, !path.utf8.contains(0) else {
                throw .malformedDeviceName(name: name, detail: "a path must follow, as in \"file:/path/speech.wav\"")
            }
            self = .file(path: path)
        } else if name.hasPrefix("tone:") {
            guard direction == .input else {
                throw .malformedDeviceName(name: name, detail: "a tone can only be an input")
            }
            guard let hertz = Double(name.dropFirst("tone:".count)), hertz >= 20, hertz <= 20_000 else {
                throw .malformedDeviceName(
                    name: name, detail: "a frequency of 20 to 20000 must follow, as in \"tone:440\"")
            }
            self = .tone(hertz: hertz)
        } else {
            guard !name.isEmpty, name.utf8.count < 256, !name.utf8.contains(where: { $0 < 32 || $0 == 127 }) else {
                throw .malformedDeviceName(name: name, detail: "an ALSA PCM name has 1 to 255 printable characters")
            }
            self = .alsa(name)
        }
    }
}
