/// Which events a subscription wants: glob patterns over their names (`*` any text, `?` any character).
package struct EventFilter: Sendable, Equatable {
    /// The patterns; nil lets everything pass.
    package let patterns: [String]?

    /// Lets everything pass.
    package static let everything = EventFilter(patterns: nil)

    package init(patterns: [String]?) {
        self.patterns = patterns
    }

    /// Whether an event of this name is wanted.
    package func matches(_ name: String) -> Bool {
        guard let patterns else { return true }
        return patterns.contains { Self.matches(pattern: Array($0.utf8), name: Array(name.utf8)) }
    }

    /// The usual two-finger match: on a mismatch the last star takes one character more. Linear in practice, at most
    /// pattern × name steps, whatever the pattern.
    private static func matches(pattern: [UInt8], name: [UInt8]) -> Bool {
        var p = 0
        var n = 0
        var star: (pattern: Int, name: Int)?
        while n < name.count {
            if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
                star = (p, n)
                p += 1
            } else if p < pattern.count, pattern[p] == name[n] || pattern[p] == UInt8(ascii: "?") {
                p += 1
                n += 1
            } else if let last = star {
                star = (last.pattern, last.name + 1)
                p = last.pattern + 1
                n = last.name + 1
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
