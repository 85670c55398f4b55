import FoundationEssentials

/// 16-bit mono sound at 48 kHz, as the judges take it.
struct WAVFile {
    static let rate = 48000
    var samples: [Int16]

    init(samples: [Int16]) { self.samples = samples }

    /// Reads the file; its format chunk is taken as given (`contrib/media/voice.wav` is 48 kHz, mono, 16 bit).
    init(path: String) throws {
        let data = try Data(contentsOf: URL(filePath: path))
        var at = data.startIndex + 12
        while at + 8 <= data.endIndex {
            let size = Int(Self.word(data, at + 4))
            if data[at..<at + 4].elementsEqual("data".utf8) {
                let end = min(at + 8 + size, data.endIndex)
                samples = stride(from: at + 8, to: end - 1, by: 2).map {
                    Int16(bitPattern: UInt16(data[$0]) | UInt16(data[$0 + 1]) << 8)
                }
                return
            }
            at += 8 + size + size % 2
        }
        throw WaitedInVain(description: "\(path) holds no samples")
    }

    func write(to path: String) throws {
        var data = Data("RIFF".utf8)
        let size = UInt32(samples.count * 2)
        Self.append(36 + size, to: &data)
        data += Data("WAVEfmt ".utf8)
        // The format chunk: 16 bytes; PCM, mono; rate; bytes a second; bytes and bits of a sample.
        let format: [UInt32] = [16, 1 | 1 << 16, UInt32(Self.rate), UInt32(Self.rate * 2), 2 | 16 << 16]
        for value in format { Self.append(value, to: &data) }
        data += Data("data".utf8)
        Self.append(size, to: &data)
        data += raw
        try data.write(to: URL(filePath: path))
    }

    /// The samples alone, little endian, as the ALSA cards of the rig read and write them.
    func writeRaw(to path: String) throws { try raw.write(to: URL(filePath: path)) }

    private var raw: Data {
        Data(samples.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] })
    }

    private static func word(_ data: Data, _ at: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(data[at + $1]) << UInt32(8 * $1) }
    }

    private static func append(_ value: UInt32, to data: inout Data) {
        for shift in 0..<4 { data.append(UInt8(truncatingIfNeeded: value >> UInt32(8 * shift))) }
    }
}
