import Transport

/// The 96-bit transaction identifier of a STUN message (RFC 8489, section 5).
package struct STUNTransactionID: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt32

    package init(high: UInt64, low: UInt32) {
        self.high = high
        self.low = low
    }

    package init(random: inout RandomSource) {
        self.init(high: random.next(), low: UInt32(truncatingIfNeeded: random.next()))
    }
}
