import Glibc
import Testing
import Transport
import VoiceAudio

@Suite("WAV files")
struct WAVFileTests {
    /// A file of 16-bit samples.
    static func bytes(samples: [Int16], channels: Int = 1, rate: Int = 48_000) -> [UInt8] {
        var bytes: [UInt8] = []
        func put(_ value: Int, _ width: Int) {
            for byte in 0..<width { bytes.append(UInt8(value >> (8 * byte) & 255)) }
        }
        bytes += Array("RIFF".utf8)
        put(36 + samples.count * 2, 4)
        bytes += Array("WAVEfmt ".utf8)
        put(16, 4)
        put(1, 2)
        put(channels, 2)
        put(rate, 4)
        put(rate * channels * 2, 4)
        put(channels * 2, 2)
        put(16, 2)
        bytes += Array("data".utf8)
        put(samples.count * 2, 4)
        for sample in samples { put(Int(UInt16(bitPattern: sample)), 2) }
        return bytes
    }

    @Test("samples are read as they were written")
    func reads() throws {
        let file = try WAVFile.parse(Self.bytes(samples: [0, 16_384, -32_768, 32_767], channels: 2, rate: 44_100))
        #expect(file.samples == [0, 0.5, -1, 32_767.0 / 32_768])
        #expect(file.channels == 2)
        #expect(file.sampleRate == 44_100)
        #expect(file.frames == 2)
    }

    @Test("a header that claims more than there is, is believed as far as the file goes")
    func truncated() throws {
        let whole = Self.bytes(samples: Array(repeating: 1000, count: 1000))
        let file = try WAVFile.parse(Array(whole.prefix(44 + 1001)))
        #expect(file.frames == 500)
    }

    @Test("what is not a WAV file is refused, saying why")
    func refuses() {
        #expect(throws: AudioError.unreadableFile(path: "WAV data", detail: "it is not a WAV file")) {
            try WAVFile.parse(Array("hello, this is no sound".utf8))
        }
        var mp3 = Self.bytes(samples: [1, 2])
        mp3[20] = 0x55
        #expect(throws: AudioError.self) { try WAVFile.parse(mp3) }
        var eightBit = Self.bytes(samples: [1, 2])
        eightBit[34] = 8
        let error = #expect(throws: AudioError.self) { try WAVFile.parse(eightBit) }
        #expect(error?.message.contains("8 bit") == true)
        #expect(throws: AudioError.self) { try WAVFile.read("/nonexistent/x.wav") }
        #expect(throws: AudioError.self) { try WAVFile.read("/dev/zero") }
        #expect(throws: AudioError.self) { try WAVFile.read("/tmp") }
    }

    @Test("damaged files never crash and never give samples out of bounds", arguments: 0..<300)
    func damaged(seed: Int) {
        var random = RandomSource.seeded(UInt64(seed))
        var bytes = Self.bytes(samples: (0..<200).map { Int16(truncatingIfNeeded: $0 * 300) }, channels: seed % 3 + 1)
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            let place = Int.random(in: 0..<(seed % 2 == 0 ? 44 : bytes.count), using: &random)
            bytes[place] = UInt8.random(in: 0...255, using: &random)
        }
        if seed % 3 == 0 { bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random))) }
        guard let file = try? WAVFile.parse(bytes) else { return }
        #expect((1...32).contains(file.channels))
        #expect(file.samples.allSatisfy { abs($0) <= 4 })
        #expect(file.samples.count % file.channels == 0)
    }

    @Test("what the writer leaves behind can be read at any time")
    func writes() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/out.wav"
        let writer = try WAVWriter(path: path, channels: 1)
        let samples = (0..<4800).map { Int16($0) }
        try samples.withUnsafeBytes { try writer.append($0) }
        #expect(throws: AudioError.self) { try WAVFile.read(path) }
        try writer.fixHeader()
        #expect(try WAVFile.read(path).frames == 4800)
        try samples.withUnsafeBytes { try writer.append($0) }
        // Killed here: what came after the last header is not told by it, but nothing is damaged.
        #expect(try WAVFile.read(path).frames == 4800)
        try writer.fixHeader()
        #expect(try WAVFile.read(path).samples[9599] == Float(4799) / 32_768)
    }

    @Test("what is no regular file, or has no directory, is not written")
    func writesCarefully() throws {
        #expect(throws: AudioError.self) { try WAVWriter(path: "/dev/null", channels: 1) }
        #expect(throws: AudioError.self) { try WAVWriter(path: "/nonexistent/out.wav", channels: 1) }
    }

    @Test("a file that the caller opened can be written through its descriptor's path")
    func writesThroughDescriptor() throws {
        let directory = try TemporaryDirectory()
        let descriptor = open(directory.path + "/x.wav", O_RDWR | O_CREAT, 0o600)
        defer { close(descriptor) }
        let writer = try WAVWriter(path: "/proc/self/fd/\(descriptor)", channels: 2)
        let samples: [Int16] = [1, 2, 3, 4]
        try samples.withUnsafeBytes { try writer.append($0) }
        try writer.fixHeader()
        #expect(try WAVFile.read(directory.path + "/x.wav").frames == 2)
    }

    @Test("resampling keeps a tone and removes what does not fit", arguments: [8000, 16_000, 44_100, 96_000])
    func resamples(rate: Int) {
        func tone(_ hertz: Double, _ rate: Int) -> [Float] {
            (0..<rate / 4).map { Float(0.5 * sin(2 * Double.pi * hertz * Double($0) / Double(rate))) }
        }
        let resampled = Resampler.resample(tone(1000, rate), channels: 1, from: rate, to: 48_000)
        #expect(abs(resampled.count - 12_000) <= 2)
        let expected = tone(1000, 48_000)
        let error = (1000..<11_000).reduce(Float(0)) { $0 + abs(resampled[$1] - expected[$1]) } / 10_000
        #expect(error < 0.001)
        if rate > 48_000 {
            let above = Resampler.resample(tone(30_000, rate), channels: 1, from: rate, to: 48_000)
            #expect(above[1000..<11_000].allSatisfy { abs($0) < 0.002 })
        }
    }
}
