import CAudioProcessing

/// Takes echo and noise out of captured sound and evens its level: libwebrtc-audio-processing, with the long filter and
/// its own search for the echo's delay. (A filter that trusts the delay that cards report cancels 3 dB where the report is
/// wrong, one that searches 24.) Made and freed by the device helper, used by the audio thread.
package struct CaptureProcessor: ~Copyable {
    /// After so many blocks the library has all the memory that it will ever have.
    private static let warmUpBlocks = 100

    private let processor: OpaquePointer
    private let captureChannels: Int
    private let renderChannels: Int
    private let rendered: UnsafeMutablePointer<Float>
    /// By which the sound comes out later, µs, as measured: 1 ms for taking it apart into bands, 6 ms more where noise is
    /// taken out, 7 ms more for echo.
    package let delayMicroseconds: Int

    /// Makes a processor for 1 or 2 channels that are captured and 1 or 2 that are played, and runs it in.
    package init(_ processing: CaptureProcessing, captureChannels: Int, renderChannels: Int) {
        precondition((1...2).contains(captureChannels) && (1...2).contains(renderChannels))
        let settings = caudio_settings(
            capture_channels: Int32(captureChannels), render_channels: Int32(renderChannels),
            echo: processing.echo?.rawValue ?? 0, noise: processing.noise?.rawValue ?? 0,
            gain: processing.gain?.rawValue ?? 0)
        processor = caudio_create(settings)
        delayMicroseconds =
            processing == .none ? 0 : 1000 + (processing.echo == nil ? 0 : 7000) + (processing.noise == nil ? 0 : 6000)
        self.captureChannels = captureChannels
        self.renderChannels = renderChannels
        rendered = .allocate(capacity: 2 * AudioLimits.blockSamples)
        rendered.initialize(repeating: 0, count: 2 * AudioLimits.blockSamples)
        warmUp()
    }

    deinit {
        caudio_destroy(processor)
        rendered.deallocate()
    }

    private func warmUp() {
        var silence = [Float](repeating: 0, count: 2 * AudioLimits.blockSamples)
        for _ in 0..<CaptureProcessor.warmUpBlocks {
            caudio_render(processor, silence)
            caudio_capture(processor, &silence, 20)
        }
    }

    /// Takes a block of the mix on its way to the loudspeaker.
    @_noAllocation @_noLocks
    package func render(_ block: UnsafePointer<Float>, channels: Int) {
        guard channels != renderChannels else { return caudio_render(processor, block) }
        ChannelMapping.map(block, channels: channels, to: rendered, channels: renderChannels)
        caudio_render(processor, rendered)
    }

    /// Processes a captured block in place. A block of other channels, from before a change of device, is left as it is.
    /// - Parameter delay: from giving a block to the loudspeaker's queue until it is heard, and from the microphone until
    ///   now, together; nanoseconds.
    @_noAllocation @_noLocks
    package func process(_ block: UnsafeMutablePointer<Float>, channels: Int, delay: Int64) {
        guard channels == captureChannels else { return }
        caudio_capture(processor, block, Int32(truncatingIfNeeded: min(max(delay, 0), 1_000_000_000) / 1_000_000))
    }
}
