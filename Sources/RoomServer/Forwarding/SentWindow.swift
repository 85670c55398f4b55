/// Which sequence numbers of a stream were used already: a number is protected at most once, whatever the publisher
/// sends twice or late.
package struct SentWindow {
    private static let width: Int64 = 64

    /// The highest number used; nil before the first.
    package private(set) var highest: Int64?
    /// Bit n: `highest − n` was used.
    private var used: UInt64 = 0

    package init() {}

    /// Marks a number as used; false when it was before, or is too old to tell.
    package mutating func use(_ number: Int64) -> Bool {
        guard let highest else {
            self.highest = number
            used = 1
            return true
        }
        if number > highest {
            let step = number - highest
            used = step >= Self.width ? 1 : used << UInt64(step) | 1
            self.highest = number
            return true
        }
        let age = highest - number
        guard age < Self.width, used & 1 << UInt64(age) == 0 else { return false }
        used |= 1 << UInt64(age)
        return true
    }
}
