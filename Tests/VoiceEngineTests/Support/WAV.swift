import Glibc

/// Mono 16-bit WAV files at 48 kHz, as a test writes and reads them.
enum WAV {
    static func write(_ samples: [Int16], to path: String) {
        let bytes = samples.count * 2
        var file: [UInt8] = []
        func text(_ text: String) { file += Array(text.utf8) }
        func word(_ value: Int, _ count: Int) {
            for shift in 0..<count { file.append(UInt8(value >> (8 * shift) & 255)) }
        }
        text("RIFF")
        word(36 + bytes, 4)
        text("WAVEfmt ")
        word(16, 4)
        word(1, 2)
        word(1, 2)
        word(48_000, 4)
        word(96_000, 4)
        word(2, 2)
        word(16, 2)
        text("data")
        word(bytes, 4)
        for sample in samples { word(Int(UInt16(bitPattern: sample)), 2) }
        save(file, to: path)
    }

    static func save(_ bytes: [UInt8], to path: String) {
        guard let file = fopen(path, "w") else { return }
        defer { fclose(file) }
        fwrite(bytes, 1, bytes.count, file)
    }

    /// The samples behind the `data` header.
    static func read(_ path: String) -> [Int16] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 50_000_000)
        let count = fread(&bytes, 1, bytes.count, file)
        guard let start = bytes[..<count].firstRange(of: Array("data".utf8))?.upperBound else { return [] }
        return stride(from: start + 4, to: count - 1, by: 2).map {
            Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)
        }
    }

    /// A sine at 48 kHz.
    static func tone(hertz: Double, seconds: Double) -> [Int16] {
        (0..<Int(seconds * 48_000)).map { Int16(8000 * sin(2 * .pi * hertz * Double($0) / 48_000)) }
    }

    /// How much of the power of the samples is at a frequency, 0–1 (Goertzel).
    static func share(of hertz: Double, in samples: some Collection<Int16>) -> Double {
        let all = Array(samples)
        let window = min(longestWindow, all.count)
        guard window > 0 else { return 0 }
        var (inTone, inAll) = (0.0, 0.0)
        for start in stride(from: 0, to: all.count - window + 1, by: window) {
            let (tone, power) = powers(of: hertz, in: all[start..<start + window])
            inTone += tone
            inAll += power
        }
        return inAll > 0 ? inTone / inAll : 0
    }

    /// A tenth of a second: two clocks that are being brought together shift a tone by some tenths of a hertz, which is not
    /// heard, but adds up to nothing over a second.
    private static let longestWindow = 4_800

    private static func powers(of hertz: Double, in samples: ArraySlice<Int16>) -> (tone: Double, all: Double) {
        let coefficient = 2 * cos(2 * .pi * hertz / 48_000)
        var (one, two, power) = (0.0, 0.0, 0.0)
        for sample in samples {
            let value = Double(sample)
            (one, two) = (value + coefficient * one - two, one)
            power += value * value
        }
        return ((one * one + two * two - coefficient * one * two) * 2 / Double(samples.count), power)
    }
}
