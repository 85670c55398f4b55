import MediaIO

/// One recording: the ring that the audio thread fills through its ``RecordingTap``, and the file that the recording
/// thread makes of it. The ring holds five seconds: disks hesitate.
final class Recording {
    private static let ringBlocks = 1024

    private let ring: SPSCRing
    private let consumer: SPSCRing.Consumer
    private let file: any RecordingFile
    private let source: RecordingSource
    private let channels: Int
    private var bridge: TimelineBridge
    private var limiter: Limiter
    private var nextSaid: Int64 = 0
    private var nextHeard: Int64 = 0
    /// For the audio thread; valid as long as this object.
    let tap: RecordingTap
    var output: OutputFile { file.output }

    /// Makes the file.
    init(_ request: RecordingRequest, channels: Int) throws(AudioError) {
        switch request.format {
        case .wav: file = try WAVRecordingFile(path: request.path, channels: channels)
        case .oggOpus: file = try OggOpusRecordingFile(path: request.path, channels: channels)
        }
        source = request.source
        self.channels = channels
        bridge = TimelineBridge(channels: channels)
        limiter = Limiter(channels: channels)
        ring = SPSCRing(
            header: RecordedBlock.self, capacity: Recording.ringBlocks,
            payloadCapacity: AudioLimits.blockSamples * channels * MemoryLayout<Float>.stride)
        consumer = ring.consumer
        tap = RecordingTap(ring: ring.producer, source: source, channels: channels)
    }

    /// Writes what has come.
    func drain() throws(AudioError) {
        while let slot = consumer.peek() {
            defer { consumer.release() }
            let header = slot.recordedBlock.pointee
            let block = UnsafeBufferPointer(
                start: slot.payload.baseAddress?.assumingMemoryBound(to: Float.self),
                count: AudioLimits.blockSamples * channels)
            // Blocks that found the ring full: silence, so that what follows stays in its place.
            if header.isHeard {
                try catchUp(&nextHeard, with: header.index) { silence throws(AudioError) in try heard(silence) }
                try heard(block)
            } else {
                try catchUp(&nextSaid, with: header.index) { silence throws(AudioError) in try said(silence) }
                try said(block)
            }
        }
        try file.flush()
    }

    /// Completes the file; after the audio thread has let go of the tap.
    func finish() throws(AudioError) {
        try drain()
        try file.finish()
        try file.flush()
    }

    private func catchUp(
        _ next: inout Int64, with index: Int64,
        _ body: (UnsafeBufferPointer<Float>) throws(AudioError) -> Void
    ) throws(AudioError) {
        let silence = [Float](repeating: 0, count: AudioLimits.blockSamples * channels)
        while next < index {
            var failure: AudioError?
            silence.withUnsafeBufferPointer { block in
                do throws(AudioError) { try body(block) } catch { failure = error }
            }
            if let failure { throw failure }
            next += 1
        }
        next += 1
    }

    private func heard(_ block: UnsafeBufferPointer<Float>) throws(AudioError) {
        if source == .mix {
            bridge.append(block)
        } else {
            try write(Array(block))
        }
    }

    private func said(_ block: UnsafeBufferPointer<Float>) throws(AudioError) {
        guard source == .mix else { return try write(Array(block)) }
        var sum = bridge.next()
        for index in sum.indices { sum[index] += block[index] }
        try write(sum)
    }

    private func write(_ samples: [Float]) throws(AudioError) {
        var samples = samples
        samples.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            limiter.process(start, frames: AudioLimits.blockSamples)
        }
        try file.append(samples)
    }
}
