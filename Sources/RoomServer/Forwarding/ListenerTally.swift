/// What one worker says of its listeners of a stream, in the 64 bits of an atomic.
struct ListenerTally {
    /// Listeners that packets go to.
    var count: Int
    /// What the worst of them can take of the stream without copies, bits per second with all headers; nil: all of it.
    var ask: Int?

    init(count: Int = 0, ask: Int? = nil) {
        self.count = count
        self.ask = ask
    }

    init(word: UInt64) {
        count = Int(word >> 32)
        ask = word & 0xFFFF_FFFF == 0 ? nil : Int(word & 0xFFFF_FFFF)
    }

    var word: UInt64 { UInt64(UInt32(clamping: count)) << 32 | UInt64(UInt32(clamping: ask ?? 0)) }
}
