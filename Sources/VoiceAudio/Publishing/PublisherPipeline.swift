import MediaIO
import Synchronization
import Transport

/// One publisher as the audio thread sees it: its source, its encoder, and the frame that is being filled. Made and
/// freed by the device helper.
struct PublisherPipeline: ~Copyable {
    enum Source: BitwiseCopyable {
        case device, clip, tone, silence
    }

    private let channel: Int
    private let cells: UnsafeMutablePointer<PublisherCells>
    private var source: Source
    private var clip: AudioClip?
    private var tone: ToneGenerator
    private var encoder: VoiceEncoder
    private var gain = GainRamp(0)
    /// Silent frames at the end: as far back as a decoder looks for what to make up when no packet comes any more.
    private static var farewell: Int { 1440 }
    /// The next block fades out; see ``hasLeft``.
    var isLeaving = false
    private var silentFrames = 0
    private var meter = LevelMeter()
    private var detector = VoiceActivityDetector()
    private var energies = EnergyGatherer()

    /// The frame that is being filled, interleaved.
    private let frame: UnsafeMutablePointer<Float>
    private var filled = 0
    private var frameTimestamp: UInt32 = 0
    private var frameCaptureTime = MonotonicTime.zero
    /// Sum of its squares.
    private var frameEnergy: Float = 0
    private var frameVoice = false
    private var isFirst = true
    /// Frames in a row in which nothing is to be heard, and how many of them are sent: more than one, so that the receiver
    /// knows of the pause when one is lost.
    private var quietFrames = 0
    private static var quietFramesSent: Int { 2 }

    /// Makes the encoder.
    /// - Parameter sound: of a source that is a file, see ``AudioClip/read(_:channels:)``.
    static func make(
        channel: Int, audio: PublisherAudio, sound: [Float]?, complexity: Int,
        cells: UnsafeMutablePointer<PublisherCells>
    ) throws(AudioError) -> PublisherPipeline {
        let encoder = try VoiceEncoder.make(audio, complexity: complexity)
        switch audio.source {
        case .device:
            return PublisherPipeline(channel, cells, .device, encoder)
        case .silence:
            return PublisherPipeline(channel, cells, .silence, encoder)
        case .tone(let hertz):
            return PublisherPipeline(channel, cells, .tone, encoder, tone: ToneGenerator(hertz: hertz))
        case .file(_, let loop):
            let clip = AudioClip(sound ?? [], channels: audio.channels, loops: loop)
            return PublisherPipeline(channel, cells, .clip, encoder, clip: clip)
        }
    }

    private init(
        _ channel: Int, _ cells: UnsafeMutablePointer<PublisherCells>, _ source: Source,
        _ encoder: consuming VoiceEncoder,
        clip: consuming AudioClip? = nil, tone: ToneGenerator = ToneGenerator(hertz: 440)
    ) {
        self.channel = channel
        self.cells = cells
        self.source = source
        self.clip = clip
        self.tone = tone
        let room = VoiceEncoder.longestFrame * encoder.channels
        frame = .allocate(capacity: room)
        frame.initialize(repeating: 0, count: room)
        self.encoder = encoder
    }

    deinit {
        frame.deallocate()
    }

    /// Frame and look-ahead, and with a microphone what its sound was processed with, µs.
    @_noAllocation @_noLocks
    func encodeDelayMicroseconds(processingDelay: Int64) -> Int {
        var delay = (encoder.frameSamples + encoder.lookAhead) * 125 / 6
        if case .device = source { delay += Int(processingDelay / 1000) }
        return delay
    }

    /// Takes one captured block into the frame, encodes it when full; a block may fill several frames. Answers true when
    /// the file came to its end.
    /// - Parameter ownSound: two channels as long as the block: gets what is published, unless it came from the input
    ///   device; nil for nobody who wants it.
    @_noAllocation @_noLocks
    mutating func process(
        _ block: CapturedBlock, ownSound: UnsafeMutablePointer<Float>?, to output: EncodedFrameOutput
    ) -> Bool {
        var done = 0
        var ended = false
        while done < block.frames {
            if filled == 0 { beginFrame(block, at: done) }
            let part = min(block.frames - done, encoder.frameSamples - filled)
            if fill(block, from: done, frames: part) { ended = true }
            if let ownSound { addOwnSound(part, to: ownSound + 2 * done) }
            done += part
            filled += part
            if filled == encoder.frameSamples {
                filled = 0
                encode(to: output)
            }
        }
        return ended
    }

    @_noAllocation @_noLocks
    private mutating func beginFrame(_ block: CapturedBlock, at position: Int) {
        encoder.setFrame(milliseconds: Int(cells.pointee.frameMilliseconds.load(ordering: .relaxed)))
        cells.pointee.encodeDelayMicroseconds.store(
            encodeDelayMicroseconds(processingDelay: block.processingDelay), ordering: .relaxed)
        frameTimestamp = block.timestamp &+ UInt32(truncatingIfNeeded: position)
        var offset = Int64(position - encoder.lookAhead) * 62_500 / 3
        if case .device = source { offset -= block.processingDelay }
        frameCaptureTime = block.captureTime.later(by: offset)
        frameEnergy = 0
        frameVoice = false
    }

    /// Puts `frames` of the source behind what the frame has; true when the source has just ended.
    @_noAllocation @_noLocks
    private mutating func fill(_ block: CapturedBlock, from position: Int, frames: Int) -> Bool {
        let channels = encoder.channels
        let target = frame + filled * channels
        let ended = fetch(block, from: position, frames: frames, into: target)
        let isMuted = cells.pointee.isMuted.load(ordering: .relaxed)
        if isLeaving, gain.current == 0 { silentFrames += frames }
        gain.apply(isMuted || isLeaving ? 0 : 1, to: target, frames: frames, channels: channels)

        let energy = LevelMeter.energy(target, count: frames * channels)
        frameEnergy += energy * Float(frames)
        if let energy = energies.add(energy, frames: frames) {
            meter.measure(energy: energy)
            detector.process(energy: energy)
            cells.pointee.soundLevel.store(meter.soundLevel, ordering: .relaxed)
            cells.pointee.voiceActivity.store(detector.isActive, ordering: .relaxed)
        }
        frameVoice = frameVoice || detector.isActive
        return ended
    }

    /// It has faded out, and the silence behind that is sent.
    var hasLeft: Bool {
        @_noAllocation @_noLocks get { isLeaving && filled == 0 && silentFrames >= PublisherPipeline.farewell }
    }

    /// Adds the `frames` that were put into the frame last to `mix`, of two channels, unless they came from the input
    /// device.
    @_noAllocation @_noLocks
    private func addOwnSound(_ frames: Int, to mix: UnsafeMutablePointer<Float>) {
        if case .device = source { return }
        let channels = encoder.channels
        let part = frame + filled * channels
        for index in 0..<frames {
            mix[2 * index] += part[index * channels]
            mix[2 * index + 1] += part[index * channels + channels - 1]
        }
    }

    /// `frames` of the source; true when it has just ended.
    @_noAllocation @_noLocks
    private mutating func fetch(
        _ block: CapturedBlock, from position: Int, frames: Int, into target: UnsafeMutablePointer<Float>
    ) -> Bool {
        let channels = encoder.channels
        switch source {
        case .device:
            ChannelMapping.map(
                block.samples + position * block.channels, channels: block.channels, to: target, channels: channels,
                frames: frames)
        case .tone:
            tone.fill(target, frames: frames, channels: channels)
        case .silence:
            clearSamples(target, frames * channels)
        case .clip:
            if clip?.fill(target, frames: frames) != true {
                source = .silence
                return true
            }
        }
        return false
    }

    @_noAllocation @_noLocks
    private mutating func encode(to output: EncodedFrameOutput) {
        encoder.adapt(
            bitrate: min(
                cells.pointee.bitrate.load(ordering: .relaxed), cells.pointee.bitrateLimit.load(ordering: .relaxed)),
            expectedLoss: cells.pointee.expectedLoss.load(ordering: .relaxed))
        guard let slot = output.ring.reserve() else {
            // The media thread has stood still for over a second: what is too old to be heard is not even encoded.
            output.dropped.pointee.droppedEncodedFrames.add(1, ordering: .relaxed)
            return
        }
        guard let count = encoder.encode(frame, into: slot.payload) else { return }
        let wasSilent = quietFrames > PublisherPipeline.quietFramesSent
        quietFrames = count <= VoiceEncoder.quietPacket ? quietFrames + 1 : 0
        // The slot is used for the next frame.
        guard quietFrames <= PublisherPipeline.quietFramesSent else { return }
        let level = LevelMeter.decibels(energy: frameEnergy / Float(encoder.frameSamples))
        slot.encodedFrame.pointee = EncodedFrame(
            channel: UInt8(channel), isFirst: isFirst || wasSilent, voiceActivity: frameVoice,
            audioLevel: LevelMeter.audioLevel(decibels: level), payloadLength: UInt16(count),
            sampleCount: UInt16(encoder.frameSamples), timestamp: frameTimestamp, captureTime: frameCaptureTime)
        output.ring.commit()
        output.ready.signal()
        isFirst = false
        cells.pointee.framesEncoded.add(1, ordering: .relaxed)
        cells.pointee.bytesEncoded.add(count, ordering: .relaxed)
    }
}
