import MediaIO

/// A WAV file that the audio thread's sound goes to: a ring that the audio thread fills through its ``FileTap`` and
/// the device helper empties to disk ten times a second. The ring holds 2.5 s, longer than disks hesitate.
final class FileSink {
    private let ring: SPSCRing
    private let consumer: SPSCRing.Consumer
    private let writer: WAVWriter
    var output: OutputFile { writer.file }
    private let blockBytes: Int
    private var nextIndex: Int64 = 0
    private var drains = 0

    /// Makes the file.
    init(path: String, channels: Int) throws(AudioError) {
        writer = try WAVWriter(path: path, channels: channels)
        blockBytes = AudioLimits.blockSamples * channels * 2
        ring = SPSCRing(header: SampleBlock.self, capacity: 256, payloadCapacity: blockBytes)
        consumer = ring.consumer
        tap = FileTap(ring: ring.producer, channels: channels)
    }

    /// For the audio thread; valid as long as this object.
    let tap: FileTap

    /// Writes what has come, and now and then the header.
    func drain() throws(AudioError) {
        while let slot = consumer.peek() {
            // Blocks that found the ring full: silence, so that what follows stays in its place.
            let silence = [UInt8](repeating: 0, count: blockBytes)
            while nextIndex < slot.sampleBlock.pointee.index {
                try append(silence)
                nextIndex += 1
            }
            defer { consumer.release() }
            try writer.append(UnsafeRawBufferPointer(slot.payload))
            nextIndex += 1
        }
        drains += 1
        if drains % 2 == 0 { try writer.fixHeader() }
    }

    /// Writes the rest and the final header; after the audio thread has let go of the tap.
    func finish() throws(AudioError) {
        try drain()
        try writer.fixHeader()
    }

    private func append(_ bytes: [UInt8]) throws(AudioError) {
        var failure: AudioError?
        bytes.withUnsafeBytes { raw in
            do throws(AudioError) { try writer.append(raw) } catch { failure = error }
        }
        if let failure { throw failure }
    }
}
