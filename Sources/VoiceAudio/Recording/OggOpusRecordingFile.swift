/// A recording as Opus in Ogg.
final class OggOpusRecordingFile: RecordingFile {
    private static let bitratePerChannel = 64_000
    private static let frameMilliseconds = 20

    private let writer: OggOpusWriter
    var output: OutputFile { writer.file }
    private var encoder: VoiceEncoder
    private let packet = UnsafeMutableRawBufferPointer.allocate(byteCount: 4000, alignment: 8)
    /// Samples that do not fill a frame yet, interleaved.
    private var pending: [Float] = []
    private var samples = 0
    private var encoded = 0

    init(path: String, channels: Int) throws(AudioError) {
        encoder = try VoiceEncoder.make(
            PublisherAudio(
                bitrate: OggOpusRecordingFile.bitratePerChannel * channels, channels: channels,
                frameMilliseconds: OggOpusRecordingFile.frameMilliseconds, application: .music,
                forwardErrorCorrection: false), complexity: 9)
        writer = try OggOpusWriter(path: path, channels: channels, preSkip: encoder.lookAhead)
    }

    deinit {
        packet.deallocate()
    }

    func append(_ new: [Float]) throws(AudioError) {
        pending += new
        samples += new.count / encoder.channels
        let room = encoder.frameSamples * encoder.channels
        var start = 0
        while pending.count - start >= room {
            try encode(Array(pending[start..<start + room]), isLast: false)
            start += room
        }
        pending.removeFirst(start)
    }

    func flush() throws(AudioError) {
        try writer.flush()
    }

    /// The encoder looks ahead: what it was given last comes out with silence behind it.
    func finish() throws(AudioError) {
        let room = encoder.frameSamples * encoder.channels
        while encoded < samples + encoder.lookAhead {
            let frame = Array(pending.prefix(room))
            pending = []
            let isLast = encoded + encoder.frameSamples >= samples + encoder.lookAhead
            try encode(frame + [Float](repeating: 0, count: room - frame.count), isLast: isLast)
        }
    }

    private func encode(_ frame: [Float], isLast: Bool) throws(AudioError) {
        guard let count = encoder.encode(frame, into: packet) else { throw .codec(detail: "a frame of a recording") }
        encoded += encoder.frameSamples
        // The last page ends where the sound does (RFC 7845, section 4.4).
        let position = isLast ? samples + encoder.lookAhead : encoded
        try writer.append(UnsafeRawBufferPointer(rebasing: packet[..<count]), position: position, isLast: isLast)
    }
}
