/// Writes a WAV file of 16 bit at 48 kHz whose header is true all the time but for the last moments: the writer's
/// owner calls ``fixHeader()`` every quarter second, so that what a killed process leaves behind can be played.
package final class WAVWriter {
    private static let headerLength = 44

    package let channels: Int
    let file: OutputFile
    private var dataLength = 0
    private var knownLength = -1

    /// Makes the file, over one that exists; see ``OutputFile``.
    package init(path: String, channels: Int) throws(AudioError) {
        self.channels = channels
        file = try OutputFile(path: path)
        try fixHeader()
    }

    /// Appends little-endian samples. Past 4 GiB, where the header's lengths end, nothing more is written.
    package func append(_ samples: UnsafeRawBufferPointer) throws(AudioError) {
        guard dataLength + samples.count <= Int(UInt32.max) - WAVWriter.headerLength else {
            throw .unwritableFile(path: file.path, detail: "a WAV file cannot be longer than 4 GiB")
        }
        try file.write(samples, at: WAVWriter.headerLength + dataLength)
        dataLength += samples.count
    }

    /// Writes how much there is by now into the header.
    package func fixHeader() throws(AudioError) {
        guard knownLength != dataLength else { return }
        try file.write(header(), at: 0)
        knownLength = dataLength
    }

    private func header() -> [UInt8] {
        var bytes: [UInt8] = []
        func put32(_ value: Int) { withUnsafeBytes(of: UInt32(value).littleEndian) { bytes.append(contentsOf: $0) } }
        func put16(_ value: Int) { withUnsafeBytes(of: UInt16(value).littleEndian) { bytes.append(contentsOf: $0) } }
        bytes.append(contentsOf: "RIFF".utf8)
        put32(dataLength + WAVWriter.headerLength - 8)
        bytes.append(contentsOf: "WAVEfmt ".utf8)
        put32(16)
        put16(1)
        put16(channels)
        put32(AudioLimits.sampleRate)
        put32(AudioLimits.sampleRate * channels * 2)
        put16(channels * 2)
        put16(16)
        bytes.append(contentsOf: "data".utf8)
        put32(dataLength)
        return bytes
    }
}
