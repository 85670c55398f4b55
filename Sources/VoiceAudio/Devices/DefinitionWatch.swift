import CALSA
import Glibc
import Transport

/// Notices that a name of ALSA's configuration (`default`) stands for something else than before. alsa-lib reads its files
/// once; those of the machine and of the user that its own file includes it never looks at again. Nor does it ask again
/// whether a sound server runs, which on a desktop is what `default` depends on: PulseAudio's file makes it the `default`
/// only where its socket answers while the files are read. So the socket is watched as the files are.
struct DefinitionWatch {
    private let files: [String]
    private var stamps: [FileStamp?]

    init() {
        var files = ["/etc/asound.conf"]
        func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
        if let home = variable("HOME") {
            files.append("\(home)/.asoundrc")
            files.append("\(variable("XDG_CONFIG_HOME") ?? "\(home)/.config")/alsa/asoundrc")
        }
        if let paths = variable("ALSA_CONFIG_PATH") { files += paths.split(separator: ":").map(String.init) }
        self.files = files + DefinitionWatch.soundServerSockets(variable)
        stamps = files.map { FileStamp($0) }
    }

    /// Where PulseAudio, or PipeWire in its place, listens; see pulse-client.conf(5), `default-server`.
    private static func soundServerSockets(_ variable: (String) -> String?) -> [String] {
        var sockets = ["/run/pulse/native"]
        if let directory = variable("PULSE_RUNTIME_PATH") { sockets.append("\(directory)/native") }
        if let directory = variable("XDG_RUNTIME_DIR") { sockets.append("\(directory)/pulse/native") }
        // Several servers may be named, to be tried in turn; some with a machine in front: {machine}unix:/path.
        for server in (variable("PULSE_SERVER") ?? "").split(separator: " ") {
            let address = server.first == "{" ? server.drop { $0 != "}" }.dropFirst() : server
            if address.hasPrefix("/") {
                sockets.append(String(address))
            } else if address.hasPrefix("unix:") {
                sockets.append(String(address.dropFirst("unix:".count)))
            }
        }
        return sockets
    }

    /// Whether one of the files has changed since the last call; alsa-lib then reads them anew.
    mutating func filesChanged() -> Bool {
        let present = files.map { FileStamp($0) }
        guard present != stamps else { return false }
        stamps = present
        snd_config_update_free_global()
        return true
    }

    /// What a name without arguments stands for, as text; nil for other names, and when that cannot be told.
    static func definition(of name: String) -> String? {
        guard !name.utf8.contains(UInt8(ascii: ":")) else { return nil }
        return AlsaMessages.collecting { () -> String? in
            var top: OpaquePointer?
            guard snd_config_update_ref(&top) >= 0, let top else { return nil }
            defer { snd_config_unref(top) }
            var found: OpaquePointer?
            guard snd_config_search_definition(top, "pcm", name, &found) >= 0, let found else { return nil }
            defer { snd_config_delete(found) }
            var output: OpaquePointer?
            guard snd_output_buffer_open(&output) == 0, let output else { return nil }
            defer { snd_output_close(output) }
            guard snd_config_save(found, output) >= 0 else { return nil }
            var text: UnsafeMutablePointer<CChar>?
            let count = snd_output_buffer_string(output, &text)
            guard let text else { return nil }
            return String(
                decoding: UnsafeRawBufferPointer(start: text, count: Int(count)), as: UTF8.self)
        }.result
    }
}
