/// A moment as RTCP and abs-capture-time write it (RFC 3550 section 4): seconds since 1900 in the upper 32 bits,
/// fractions of a second in the lower.
@frozen
package struct NTPTime: Hashable, Sendable {
    package var value: UInt64

    @inlinable
    package init(_ value: UInt64) {
        self.value = value
    }

    /// From nanoseconds since 1970 (`CLOCK_REALTIME`).
    @inlinable
    package init(unixNanoseconds: Int64) {
        let seconds = unixNanoseconds / 1_000_000_000
        let rest = unixNanoseconds % 1_000_000_000
        let fraction = (UInt64(bitPattern: rest) << 32) / 1_000_000_000
        value = UInt64(bitPattern: seconds &+ 2_208_988_800) << 32 | fraction
    }

    /// Nanoseconds since 1970.
    @inlinable
    package var unixNanoseconds: Int64 {
        let seconds = Int64(value >> 32) - 2_208_988_800
        return seconds * 1_000_000_000 + Int64(((value & 0xFFFF_FFFF) * 1_000_000_000) >> 32)
    }

    /// The middle 32 bits, in units of 1/65536 s: what "last SR" in a report block holds.
    @inlinable
    package var middle: UInt32 { UInt32(truncatingIfNeeded: value >> 16) }
}
