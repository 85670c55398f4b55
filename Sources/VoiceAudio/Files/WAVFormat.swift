/// The `fmt ` chunk of a WAV file.
struct WAVFormat {
    /// WAVE_FORMAT_PCM, _IEEE_FLOAT, or what stands behind WAVE_FORMAT_EXTENSIBLE.
    let code: UInt16
    let channels: Int
    let sampleRate: Int
    let bitsPerSample: Int

    var isFloat: Bool { code == 3 }

    /// Nil when the chunk is too short.
    init?(_ chunk: ArraySlice<UInt8>) {
        guard chunk.count >= 16 else { return nil }
        let bytes = Array(chunk)
        let tag = WAVFormat.littleEndian16(bytes, 0)
        channels = Int(WAVFormat.littleEndian16(bytes, 2))
        sampleRate = Int(WAVFormat.littleEndian32(bytes, 4))
        bitsPerSample = Int(WAVFormat.littleEndian16(bytes, 14))
        // The real code is the start of the sub-format's GUID.
        code = tag == 0xFFFE && bytes.count >= 26 ? WAVFormat.littleEndian16(bytes, 24) : tag
    }

    /// What is wrong with it, for people; nil when it can be played.
    var complaint: String? {
        if !(code == 1 && bitsPerSample == 16 || code == 3 && bitsPerSample == 32) {
            let kind = code == 1 ? "PCM" : code == 3 ? "float" : "of format \(code)"
            return "its samples are \(bitsPerSample) bit \(kind); 16 bit PCM and 32 bit float can be played"
        }
        if !(1...32).contains(channels) { return "it claims \(channels) channels" }
        if !(1000...384_000).contains(sampleRate) { return "it claims a rate of \(sampleRate) Hz" }
        return nil
    }

    static func littleEndian16(_ bytes: [UInt8], _ offset: Int) -> UInt16 {
        UInt16(bytes[offset]) | UInt16(bytes[offset + 1]) << 8
    }

    static func littleEndian32(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
        UInt32(littleEndian16(bytes, offset)) | UInt32(littleEndian16(bytes, offset + 2)) << 16
    }
}
