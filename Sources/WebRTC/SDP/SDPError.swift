/// Why a text is not a session description. `line` counts from 1.
package enum SDPError: Error, Equatable, Sendable {
    /// More than ``SessionDescription/maximumLength`` bytes.
    case tooLong(bytes: Int)
    /// More lines, sections, or items in a section than any honest description has.
    case tooMany(what: String, line: Int)
    /// Nothing there, or the first line is not `v=0`.
    case notSDP
    /// A line that is not `x=value`, or whose value does not have the form that its type demands.
    case malformed(line: Int, reason: String)
    /// A required line is missing (`o=`, `m=`).
    case missing(String)
}

extension SDPError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooLong(let bytes): "the description has \(bytes) bytes, more than \(SessionDescription.maximumLength)"
        case .tooMany(let what, let line): "line \(line): too many \(what)"
        case .notSDP: "the text does not begin with v=0"
        case .malformed(let line, let reason): "line \(line): \(reason)"
        case .missing(let what): "no \(what) line"
        }
    }
}
