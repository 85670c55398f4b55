import RTP
import Testing
import Transport

struct ArithmeticTests {
    @Test func serialNumbersCompareAroundTheWrap() {
        #expect(UInt16(0).isSerialNewer(than: 65535))
        #expect(!UInt16(65535).isSerialNewer(than: 0))
        #expect(UInt16(5).serialDistance(from: 65533) == 8)
        #expect(UInt16(65533).serialDistance(from: 5) == -8)
        #expect(!UInt16(7).isSerialNewer(than: 7))
        #expect(UInt32(3).serialDistance(from: .max) == 4)
        #expect(UInt32(3).isSerialNewer(than: .max))
    }

    @Test func sequencesUnwrapInAnyOrder() {
        var unwrapper = SequenceUnwrapper()
        #expect(unwrapper.last == nil)
        #expect(unwrapper.unwrap(2) == 2)
        #expect(unwrapper.unwrap(65534) == -2)
        #expect(unwrapper.peek(3) == 3)
        #expect(unwrapper.last == -2)
        var random = RandomSource.seeded(4)
        var truth: Int64 = -2
        for _ in 0..<10_000 {
            truth += Int64.random(in: -2000...30_000, using: &random)
            #expect(unwrapper.unwrap(UInt16(truncatingIfNeeded: truth)) == truth)
        }
    }

    @Test func timestampsUnwrapInAnyOrder() {
        var unwrapper = TimestampUnwrapper()
        var random = RandomSource.seeded(4)
        var truth: Int64 = 0xFFFF_FFF0
        #expect(unwrapper.unwrap(0xFFFF_FFF0) == truth)
        for _ in 0..<10_000 {
            truth += Int64.random(in: -1_000_000...2_000_000_000, using: &random)
            #expect(unwrapper.unwrap(UInt32(truncatingIfNeeded: truth)) == truth)
        }
    }

    @Test func ntpTimesConvert() {
        #expect(NTPTime(unixNanoseconds: 0).value == 2_208_988_800 << 32)
        #expect(NTPTime(unixNanoseconds: 500_000_000).value & 0xFFFF_FFFF == 0x8000_0000)
        for time: Int64 in [0, 1, 999_999_999, 1_800_000_000_123_456_789] {
            #expect(abs(NTPTime(unixNanoseconds: time).unixNanoseconds - time) <= 1)
        }
        #expect(NTPTime(0x0123_4567_89AB_CDEF).middle == 0x4567_89AB)
    }
}
