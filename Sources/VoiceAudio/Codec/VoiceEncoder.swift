import COpus

/// An Opus encoder (RFC 6716): made and freed by the device helper, used by the audio thread.
package struct VoiceEncoder: ~Copyable {
    package let channels: Int
    /// Samples per channel of the longest frame.
    package static var longestFrame: Int { @_noAllocation @_noLocks get { 2880 } }
    /// Samples per channel of a frame: 240, 480, 960, 1920 or 2880; may change between two frames.
    package private(set) var frameSamples: Int
    /// Samples by which the decoded signal lags behind: 312 (6.5 ms), and 120 (2.5 ms) for low delay.
    package let lookAhead: Int
    private let encoder: OpaquePointer
    /// Below this a voice is coded with 8 kHz of its band (bits per second and channel). libopus by itself spends some on
    /// the band above down to 14 kb/s; left to what carries speech they make its PESQ-WB 4.4 instead of 4.25 at 24 kb/s,
    /// 4.3 instead of 4.15 at 20, 4.1 instead of 3.9 at 16. So low go only streams that share their line with copies of
    /// themselves, or have a thin one.
    private static var widebandBelow: Int32 { 24_000 }
    private let isVoice: Bool
    private var bitrate: Int32
    private var expectedLoss: Int32 = 0

    /// Makes an encoder. Throws when libopus refuses a parameter.
    package static func make(_ audio: PublisherAudio, complexity: Int) throws(AudioError) -> VoiceEncoder {
        let isVoice = audio.application == .voice
        let application =
            switch audio.application {
            case .voice: OPUS_APPLICATION_VOIP
            case .music: OPUS_APPLICATION_AUDIO
            case .lowDelay: OPUS_APPLICATION_RESTRICTED_LOWDELAY
            }
        var code: Int32 = 0
        guard let encoder = opus_encoder_create(48_000, Int32(audio.channels), application, &code), code == OPUS_OK
        else {
            throw .codec(detail: String(cString: opus_strerror(code)))
        }
        let settings: [(request: Int32, value: Int32)] = [
            (OPUS_SET_BITRATE_REQUEST, Int32(audio.bitrate)),
            (OPUS_SET_COMPLEXITY_REQUEST, Int32(complexity)),
            (OPUS_SET_SIGNAL_REQUEST, isVoice ? OPUS_SIGNAL_VOICE : OPUS_AUTO),
            (OPUS_SET_INBAND_FEC_REQUEST, audio.forwardErrorCorrection ? 1 : 0),
            // A hint above what was measured costs up to 1.4 MOS on a clean line.
            (OPUS_SET_PACKET_LOSS_PERC_REQUEST, 0),
            (OPUS_SET_DTX_REQUEST, audio.isDiscontinuous ? 1 : 0),
            // Bounds what a burst of complex sound may take.
            (OPUS_SET_VBR_REQUEST, 1),
            (OPUS_SET_VBR_CONSTRAINT_REQUEST, 1),
        ]
        for (request, value) in settings where code == OPUS_OK {
            code = copus_encoder_set(encoder, request, value)
        }
        var lookAhead: Int32 = 0
        if code == OPUS_OK { code = copus_encoder_get(encoder, OPUS_GET_LOOKAHEAD_REQUEST, &lookAhead) }
        guard code == OPUS_OK else {
            opus_encoder_destroy(encoder)
            throw .codec(detail: String(cString: opus_strerror(code)))
        }
        return VoiceEncoder(encoder, audio, lookAhead: Int(lookAhead))
    }

    private init(_ encoder: OpaquePointer, _ audio: PublisherAudio, lookAhead: Int) {
        self.encoder = encoder
        self.lookAhead = lookAhead
        channels = audio.channels
        frameSamples = audio.frameMilliseconds * 48
        bitrate = Int32(audio.bitrate)
        isVoice = audio.application == .voice
        limitBandwidth()
    }

    deinit {
        opus_encoder_destroy(encoder)
    }

    /// Takes on what changed; for the next frame.
    @_noAllocation @_noLocks
    package mutating func adapt(bitrate newBitrate: Int32, expectedLoss newLoss: Int32) {
        if newBitrate != bitrate, copus_encoder_set(encoder, OPUS_SET_BITRATE_REQUEST, newBitrate) == OPUS_OK {
            bitrate = newBitrate
            limitBandwidth()
        }
        if newLoss != expectedLoss, copus_encoder_set(encoder, OPUS_SET_PACKET_LOSS_PERC_REQUEST, newLoss) == OPUS_OK {
            expectedLoss = newLoss
        }
    }

    @_noAllocation @_noLocks
    private func limitBandwidth() {
        guard isVoice else { return }
        let isWide = bitrate < VoiceEncoder.widebandBelow * Int32(channels)
        let widest = isWide ? OPUS_BANDWIDTH_WIDEBAND : OPUS_BANDWIDTH_FULLBAND
        _ = copus_encoder_set(encoder, OPUS_SET_MAX_BANDWIDTH_REQUEST, widest)
    }

    /// The length of the frames from now on; of the five that there are.
    @_noAllocation @_noLocks
    package mutating func setFrame(milliseconds: Int) {
        if milliseconds == 5 || milliseconds == 10 || milliseconds == 20 || milliseconds == 40 || milliseconds == 60 {
            frameSamples = milliseconds * 48
        }
    }

    /// Bytes of a frame that says that nothing is to be heard, at most (RFC 6716 section 2.1.9; libopus: it need not be
    /// transmitted).
    package static var quietPacket: Int { @_noAllocation @_noLocks get { 2 } }

    /// Encodes one frame; bytes written, or nil when libopus refused (it does not for a frame of the right length).
    @_noAllocation @_noLocks
    package mutating func encode(_ samples: UnsafePointer<Float>, into packet: UnsafeMutableRawBufferPointer) -> Int? {
        guard let start = packet.baseAddress else { return nil }
        let bytes = start.assumingMemoryBound(to: UInt8.self)
        let count = copus_encode(encoder, samples, Int32(frameSamples), bytes, Int32(packet.count))
        return count > 0 ? Int(count) : nil
    }
}
