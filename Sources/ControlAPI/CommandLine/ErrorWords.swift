import RoomModel

/// Error numbers as people read them.
package enum ErrorWords {
    /// The number with its name: `1002078 ROOM_ERROR_…`.
    package static func text(of code: Int) -> String {
        ZegoErrorCode(rawValue: code).map { "\($0.number) \($0.name)" } ?? "error \(code)"
    }

    /// What to do about it; nil for a number that is not in the table.
    package static func hint(for code: Int) -> String? { ZegoErrorCode(rawValue: code)?.hint }
}
