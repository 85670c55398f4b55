import JSONRPC

/// A device that a caller names, which is less than what the configuration may name.
///
/// Who may make calls is not who administers the machine, and some of ALSA's plug-ins do more than play: `file` writes
/// over any file of the daemon's, `tee` runs a program. So a caller names a PCM and gives it plain arguments, which cannot
/// nest another one with arguments of its own.
package enum CallerDeviceID {
    /// Plug-ins that write files or run programs, wherever they stand in a name.
    private static let refused: Set<String> = ["file", "tee"]
    private static let separators: Set<Character> = [":", ",", "="]

    /// The device's name; -32602 for one that only the configuration may name.
    ///
    /// - Parameter configured: what the configuration names, to which a caller may go back.
    package static func check(_ deviceID: String, configured: String?) throws(JSONShapeError) -> String {
        guard deviceID != configured else { return deviceID }
        guard !deviceID.hasPrefix("file:") else {
            throw error(
                "a card; files come by the configuration, by the source of startPublishing and the sink of startPlaying",
                deviceID)
        }
        guard deviceID.unicodeScalars.allSatisfy(isPlain),
            refused.isDisjoint(with: deviceID.split(whereSeparator: separators.contains).map(String.init))
        else {
            throw error("a PCM's name of letters, digits and _-.+:,= as zegoctl devices lists them", deviceID)
        }
        return deviceID
    }

    private static func isPlain(_ character: UnicodeScalar) -> Bool {
        switch character {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-", ".", "+", ":", ",", "=": true
        default: false
        }
    }

    private static func error(_ expected: String, _ deviceID: String) -> JSONShapeError {
        JSONShapeError(path: "deviceID", expected: expected, got: "\"\(deviceID)\"")
    }
}
