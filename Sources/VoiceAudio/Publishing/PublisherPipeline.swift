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
    /// Silent blocks at the end: as far back as a decoder looks for what to make up when no packet comes any more.
    private static var farewell: Int { 3 }
    /// The next block fades out; see ``hasLeft``.
    var isLeaving = false
    private var silentBlocks = 0
    private var meter = LevelMeter()
    private var detector = VoiceActivityDetector()

    /// The frame that is being filled, interleaved.
    private let frame: UnsafeMutablePointer<Float>
    private var filled = 0
    /// Where the last block stands in it.
    private var lastBlock = 0
    private var frameTimestamp: UInt32 = 0
    private var frameCaptureTime = MonotonicTime.zero
    private var frameEnergy: Float = 0
    private var frameVoice = false
    private var isFirst = true

    /// Makes the encoder and loads the file. Throws when the file cannot be played.
    static func make(
        channel: Int, audio: PublisherAudio, complexity: Int, cells: UnsafeMutablePointer<PublisherCells>
    ) throws(AudioError) -> PublisherPipeline {
        let encoder = try VoiceEncoder.make(audio, complexity: complexity)
        switch audio.source {
        case .device:
            return PublisherPipeline(channel, cells, .device, encoder)
        case .silence:
            return PublisherPipeline(channel, cells, .silence, encoder)
        case .tone(let hertz):
            return PublisherPipeline(channel, cells, .tone, encoder, tone: ToneGenerator(hertz: hertz))
        case .file(let path, let loop):
            let clip = try AudioClip.load(path, channels: audio.channels, loops: loop)
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

    /// Frame and look-ahead.
    var encodeDelayMicroseconds: Int {
        @_noAllocation @_noLocks get {
            (encoder.frameSamples + encoder.lookAhead) * 125 / 6
        }
    }

    /// Takes one captured block of 10 ms into the frame, encodes it when full. Answers true when the file came to its
    /// end.
    /// - Parameters:
    ///   - block: what the input device captured, after its volume; `blockChannels` interleaved.
    ///   - timestamp: RTP time of the block's first sample.
    @_noAllocation @_noLocks
    mutating func process(
        block: UnsafePointer<Float>, blockChannels: Int, timestamp: UInt32, captureTime: MonotonicTime,
        to output: EncodedFrameOutput
    ) -> Bool {
        if filled == 0 {
            encoder.setFrame(milliseconds: Int(cells.pointee.frameMilliseconds.load(ordering: .relaxed)))
            cells.pointee.encodeDelayMicroseconds.store(encodeDelayMicroseconds, ordering: .relaxed)
            frameTimestamp = timestamp
            frameCaptureTime = captureTime
            frameEnergy = 0
            frameVoice = false
        }
        let channels = encoder.channels
        let target = frame + filled * channels
        lastBlock = filled
        let ended = fetch(block, blockChannels, into: target)
        let isMuted = cells.pointee.isMuted.load(ordering: .relaxed)
        if isLeaving, gain.current == 0 { silentBlocks += 1 }
        gain.apply(isMuted || isLeaving ? 0 : 1, to: target, frames: AudioLimits.blockSamples, channels: channels)

        let energy = LevelMeter.energy(target, count: AudioLimits.blockSamples * channels)
        meter.measure(energy: energy)
        detector.process(energy: energy)
        frameEnergy += energy
        frameVoice = frameVoice || detector.isActive
        cells.pointee.soundLevel.store(meter.soundLevel, ordering: .relaxed)
        cells.pointee.voiceActivity.store(detector.isActive, ordering: .relaxed)

        filled += AudioLimits.blockSamples
        if filled == encoder.frameSamples {
            filled = 0
            encode(to: output)
        }
        return ended
    }

    /// It has faded out, and the silence behind that is sent.
    var hasLeft: Bool {
        @_noAllocation @_noLocks get { isLeaving && filled == 0 && silentBlocks >= PublisherPipeline.farewell }
    }

    /// Adds the block that was processed last to `mix`, of two channels, unless it came from the input device.
    @_noAllocation @_noLocks
    func addOwnSound(to mix: UnsafeMutablePointer<Float>) {
        if case .device = source { return }
        let channels = encoder.channels
        let block = frame + lastBlock * channels
        for index in 0..<AudioLimits.blockSamples {
            mix[2 * index] += block[index * channels]
            mix[2 * index + 1] += block[index * channels + channels - 1]
        }
    }

    /// Ten milliseconds of the source; true when it has just ended.
    @_noAllocation @_noLocks
    private mutating func fetch(
        _ block: UnsafePointer<Float>, _ blockChannels: Int, into target: UnsafeMutablePointer<Float>
    ) -> Bool {
        let channels = encoder.channels
        switch source {
        case .device:
            ChannelMapping.map(block, channels: blockChannels, to: target, channels: channels)
        case .tone:
            tone.fill(target, frames: AudioLimits.blockSamples, channels: channels)
        case .silence:
            clearSamples(target, AudioLimits.blockSamples * channels)
        case .clip:
            if clip?.fill(target, frames: AudioLimits.blockSamples) != true {
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
        let blocks = Float(encoder.frameSamples / AudioLimits.blockSamples)
        let level = LevelMeter.decibels(energy: frameEnergy / blocks)
        slot.encodedFrame.pointee = EncodedFrame(
            channel: UInt8(channel), isFirst: isFirst, voiceActivity: frameVoice,
            audioLevel: LevelMeter.audioLevel(decibels: level), payloadLength: UInt16(count),
            sampleCount: UInt16(encoder.frameSamples), timestamp: frameTimestamp, captureTime: frameCaptureTime)
        output.ring.commit()
        output.ready.signal()
        isFirst = false
        cells.pointee.framesEncoded.add(1, ordering: .relaxed)
        cells.pointee.bytesEncoded.add(count, ordering: .relaxed)
    }
}
