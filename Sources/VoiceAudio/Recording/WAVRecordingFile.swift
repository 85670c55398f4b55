/// A recording as a WAV file of 16 bit.
final class WAVRecordingFile: RecordingFile {
    private let writer: WAVWriter
    var output: OutputFile { writer.file }

    init(path: String, channels: Int) throws(AudioError) {
        writer = try WAVWriter(path: path, channels: channels)
    }

    func append(_ samples: [Float]) throws(AudioError) {
        // WAV files are little-endian, whatever the machine.
        let integers = samples.map { SampleFormat.integer16($0).littleEndian }
        var failure: AudioError?
        integers.withUnsafeBytes { raw in
            do throws(AudioError) { try writer.append(raw) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    func flush() throws(AudioError) {
        try writer.fixHeader()
    }

    func finish() throws(AudioError) {
        try writer.fixHeader()
    }
}
