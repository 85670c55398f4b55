import CALSA
import Glibc

/// The devices of this machine.
package enum AudioDevices {
    /// What ALSA's configuration names, then the devices that need no card. May block for as long as ALSA's plug-ins
    /// look around (milliseconds); not for the audio thread.
    package static func list(_ direction: AudioDirection) -> [AudioDeviceDescription] {
        AlsaMessages.collecting { alsaHints(direction) }.result + builtIn(direction)
    }

    /// Whether the device can be opened now: opens and closes it. Throws why not.
    package static func probe(_ name: String, for direction: AudioDirection) throws(AudioError) {
        switch try AudioDeviceName(name, for: direction) {
        case .alsa(let pcm):
            let device = try AlsaPCM.open(pcm, direction: direction, channels: 1, period: 480)
            device.close()
        case .file(let path) where direction == .input:
            _ = try WAVFile.read(path)
        case .null, .tone, .file, .loopback:
            break
        }
    }

    private static func builtIn(_ direction: AudioDirection) -> [AudioDeviceDescription] {
        let null = AudioDeviceDescription(deviceID: "null", name: direction == .input ? "Silence" : "Nothing")
        let loopback = AudioDeviceDescription(
            deviceID: "loopback",
            name: direction == .input ? "What the output \"loopback\" plays" : "To the input \"loopback\"")
        let tone = AudioDeviceDescription(deviceID: "tone:440", name: "A tone of 440 Hz")
        return direction == .input ? [null, tone, loopback] : [null, loopback]
    }

    private static func alsaHints(_ direction: AudioDirection) -> [AudioDeviceDescription] {
        var hints: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
        guard snd_device_name_hint(-1, "pcm", &hints) == 0, let hints else { return [] }
        defer { snd_device_name_free_hint(hints) }
        var devices: [AudioDeviceDescription] = []
        var next = hints
        while let hint = next.pointee {
            next += 1
            // IOID is absent for what goes both ways.
            let carries = value("IOID", of: hint)
            guard carries == nil || carries == (direction == .input ? "Input" : "Output") else { continue }
            guard let name = value("NAME", of: hint), name != "null" else { continue }
            let description = value("DESC", of: hint) ?? name
            let line = description.split(separator: "\n").joined(separator: ", ")
            devices.append(AudioDeviceDescription(deviceID: name, name: line))
        }
        return devices
    }

    private static func value(_ key: String, of hint: UnsafeMutableRawPointer) -> String? {
        guard let text = snd_device_name_get_hint(hint, key) else { return nil }
        defer { free(text) }
        return String(cString: text)
    }
}
