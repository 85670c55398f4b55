import Glibc

/// A WAV file (RIFF/WAVE) in memory: what a publisher or an input device plays.
///
/// Read are 16-bit PCM and 32-bit float with up to 32 channels of any rate, also in WAVE_FORMAT_EXTENSIBLE. The length
/// that the header claims is believed only as far as the file reaches, so files of a writer that was killed play too.
package struct WAVFile: Sendable {
    /// Samples per channel and second, 1000…384 000.
    package let sampleRate: Int
    /// 1…32.
    package let channels: Int
    /// Interleaved, nominally within ±1.
    package let samples: [Float]
    package var frames: Int { samples.count / channels }

    /// Twenty minutes: the samples are kept in memory.
    package static let longestSeconds = 1200
    private static let largestFile = 1 << 30

    /// Reads a whole file. Throws what is wrong with it.
    package static func read(_ path: String) throws(AudioError) -> WAVFile {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw .unreadableFile(path: path, detail: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadableFile(path: path, detail: "it is not a regular file")
        }
        guard status.st_size <= largestFile else {
            throw .unreadableFile(path: path, detail: "it is larger than 1 GiB")
        }
        let size = Int(status.st_size)
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size, let start = buffer.baseAddress {
                let got = Glibc.read(descriptor, start + count, size - count)
                if got < 0 { failure = errno }
                if got <= 0 { break }
                count += got
            }
        }
        guard failure == 0 else { throw .unreadableFile(path: path, detail: String(cString: strerror(failure))) }
        return try parse(bytes, path: path)
    }

    /// Parses the bytes of a file; `path` is for the error.
    package static func parse(_ bytes: [UInt8], path: String = "WAV data") throws(AudioError) -> WAVFile {
        func refuse(_ detail: String) -> AudioError { .unreadableFile(path: path, detail: detail) }
        guard bytes.count >= 12, bytes[0..<4].elementsEqual("RIFF".utf8), bytes[8..<12].elementsEqual("WAVE".utf8)
        else {
            throw refuse("it is not a WAV file")
        }
        var offset = 12
        var format: WAVFormat?
        while offset + 8 <= bytes.count {
            let length = Int(WAVFormat.littleEndian32(bytes, offset + 4))
            let body = offset + 8
            let end = min(body + length, bytes.count)
            if bytes[offset..<offset + 4].elementsEqual("fmt ".utf8) {
                guard let read = WAVFormat(bytes[body..<end]) else { throw refuse("its format chunk is cut short") }
                format = read
            } else if bytes[offset..<offset + 4].elementsEqual("data".utf8) {
                guard let format else { throw refuse("its data stand before their format") }
                if let complaint = format.complaint { throw refuse(complaint) }
                return try samples(of: bytes[body..<end], format, refuse)
            }
            // Chunks are padded to an even length.
            offset = body + length + (length & 1)
        }
        throw refuse("it has no sound in it")
    }

    private static func samples(
        of data: ArraySlice<UInt8>, _ format: WAVFormat, _ refuse: (String) -> AudioError
    ) throws(AudioError) -> WAVFile {
        let width = format.isFloat ? 4 : 2
        let frames = data.count / (width * format.channels)
        guard frames > 0 else { throw refuse("it has no sound in it") }
        guard frames <= longestSeconds * format.sampleRate else { throw refuse("it is longer than 20 minutes") }
        let samples = data.withUnsafeBytes { raw in
            (0..<frames * format.channels).map { index -> Float in
                if format.isFloat {
                    let bits = UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
                    let value = Float(bitPattern: bits)
                    return value.isFinite ? min(max(value, -4), 4) : 0
                }
                return Float(Int16(littleEndian: raw.loadUnaligned(fromByteOffset: 2 * index, as: Int16.self))) / 32_768
            }
        }
        return WAVFile(sampleRate: format.sampleRate, channels: format.channels, samples: samples)
    }
}
