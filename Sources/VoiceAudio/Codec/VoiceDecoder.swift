import COpus

/// An Opus decoder (RFC 6716): made and freed by the device helper, used by the audio thread. Streams of one and of
/// two channels come out in the channels that it was made with.
package struct VoiceDecoder: ~Copyable {
    /// The longest packet: 120 ms (RFC 6716 section 3.2.5, requirement R5).
    package static var maximumSamples: Int { @_noAllocation @_noLocks get { 5760 } }

    package let channels: Int
    private let decoder: OpaquePointer

    /// Makes a decoder for 1 or 2 channels.
    package static func make(channels: Int) throws(AudioError) -> VoiceDecoder {
        var code: Int32 = 0
        guard let decoder = opus_decoder_create(48_000, Int32(channels), &code), code == OPUS_OK else {
            throw .codec(detail: String(cString: opus_strerror(code)))
        }
        return VoiceDecoder(decoder, channels: channels)
    }

    private init(_ decoder: OpaquePointer, channels: Int) {
        self.decoder = decoder
        self.channels = channels
    }

    deinit {
        opus_decoder_destroy(decoder)
    }

    /// Samples per channel that a packet holds; nil when it is not an Opus packet.
    @_noAllocation @_noLocks
    package static func samples(in packet: UnsafeRawBufferPointer) -> Int? {
        guard let start = packet.baseAddress, packet.count > 0 else { return nil }
        let count = copus_packet_samples(start.assumingMemoryBound(to: UInt8.self), Int32(packet.count))
        return count > 0 && count <= Int32(maximumSamples) ? Int(count) : nil
    }

    /// Whether a packet carries a redundant copy of the frame before it.
    @_noAllocation @_noLocks
    package static func hasRedundancy(_ packet: UnsafeRawBufferPointer) -> Bool {
        guard let start = packet.baseAddress, packet.count > 0 else { return false }
        return copus_packet_has_redundancy(start.assumingMemoryBound(to: UInt8.self), Int32(packet.count)) != 0
    }

    /// Decodes a packet; samples per channel, or nil when it is damaged. `output` has room for ``maximumSamples``.
    @_noAllocation @_noLocks
    package mutating func decode(_ packet: UnsafeRawBufferPointer, into output: UnsafeMutablePointer<Float>) -> Int? {
        guard let start = packet.baseAddress else { return nil }
        let bytes = start.assumingMemoryBound(to: UInt8.self)
        let room = Int32(VoiceDecoder.maximumSamples)
        let count = copus_decode(decoder, bytes, Int32(packet.count), output, room, 0)
        return count > 0 ? Int(count) : nil
    }

    /// Brings back the `samples` before `packet` from its redundant copy, or conceals them when it carries none.
    @_noAllocation @_noLocks
    package mutating func recover(
        before packet: UnsafeRawBufferPointer, samples: Int, into output: UnsafeMutablePointer<Float>
    ) -> Int? {
        guard let start = packet.baseAddress else { return nil }
        let bytes = start.assumingMemoryBound(to: UInt8.self)
        let count = copus_decode(decoder, bytes, Int32(packet.count), output, Int32(samples), 1)
        return count > 0 ? Int(count) : nil
    }

    /// Makes up `samples` (a multiple of 120, 2.5 ms) from what came before.
    @_noAllocation @_noLocks
    package mutating func conceal(samples: Int, into output: UnsafeMutablePointer<Float>) -> Int? {
        let count = copus_decode(decoder, nil, 0, output, Int32(samples), 0)
        return count > 0 ? Int(count) : nil
    }

    /// Forgets the signal so far: a new stream begins.
    @_noAllocation @_noLocks
    package mutating func reset() {
        _ = copus_decoder_reset(decoder)
    }
}
