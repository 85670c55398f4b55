/// Closes the gaps that packets without a payload would leave: browsers probe the bandwidth with padding on the SSRC of
/// the voice, which uses up sequence numbers, and listeners would take what is not passed on for lost.
package struct SequenceCompactor {
    private static let width: Int64 = 64

    private var highest: Int64?
    private var skipped: Int64 = 0
    /// Bit n: `highest − n` was skipped. Packets that come later than this reach are not told apart.
    private var recentlySkipped: UInt64 = 0

    package init() {}

    /// A packet that listeners will not get. One that comes late has left its gap already: that stays.
    package mutating func skip(_ number: Int64) {
        guard advance(to: number) else { return }
        skipped += 1
        recentlySkipped |= 1
    }

    /// The number that listeners get: less by what was skipped before it.
    package mutating func compact(_ number: Int64) -> Int64 {
        _ = advance(to: number)
        let age = (highest ?? number) - number
        let later = age >= Self.width - 1 ? UInt64.max : 1 << UInt64(age + 1) - 1
        return number - skipped + Int64((recentlySkipped & later).nonzeroBitCount)
    }

    /// Whether the number is the newest.
    private mutating func advance(to number: Int64) -> Bool {
        guard let highest else {
            self.highest = number
            return true
        }
        guard number > highest else { return false }
        let step = number - highest
        recentlySkipped = step >= Self.width ? 0 : recentlySkipped << UInt64(step)
        self.highest = number
        return true
    }
}
