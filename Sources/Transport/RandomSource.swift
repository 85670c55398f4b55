/// Where identifiers, tie-breakers, SSRCs and simulated networks draw from: the system's generator in a program, a
/// seeded one in a test, so that a call in virtual time is repeatable. A struct rather than an existential, so that a
/// state machine can own one.
package struct RandomSource: RandomNumberGenerator, Sendable {
    /// Nil: the system's generator (getrandom). Else the state of a SplitMix64 sequence, for tests only.
    private var seededState: UInt64?

    /// The system's cryptographically secure generator.
    package static var system: RandomSource { RandomSource(seededState: nil) }

    /// A repeatable sequence; never for anything secret.
    package static func seeded(_ seed: UInt64) -> RandomSource { RandomSource(seededState: seed) }

    private init(seededState: UInt64?) {
        self.seededState = seededState
    }

    package mutating func next() -> UInt64 {
        guard let state = seededState else {
            var system = SystemRandomNumberGenerator()
            return system.next()
        }
        let advanced = state &+ 0x9E37_79B9_7F4A_7C15
        seededState = advanced
        var mixed = advanced
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// `count` random bytes.
    package mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            var word = next()
            for _ in 0..<min(8, count - bytes.count) {
                bytes.append(UInt8(truncatingIfNeeded: word))
                word >>= 8
            }
        }
        return bytes
    }

    /// `count` random characters of `[A-Za-z0-9]` (5.95 bits each): ufrags, passwords, session IDs.
    package mutating func token(_ count: Int) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
        return String(decoding: (0..<count).map { _ in alphabet.randomElement(using: &self) ?? 65 }, as: UTF8.self)
    }
}
