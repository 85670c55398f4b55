/// How a received stream is played.
package struct PlayerAudio: Sendable, Equatable {
    package enum Sink: Sendable, Equatable {
        /// Into the mix for the output device.
        case device
        /// Into a WAV file of its own (48 kHz, 16 bit) instead; a file that exists is overwritten. Its path was
        /// checked by the caller. The header is true while it is written, but for the last 250 ms.
        case file(path: String)
    }

    package var sink: Sink
    /// Bounds of the jitter buffer's delay in milliseconds, within 0…4000.
    package var bufferRange: ClosedRange<Int>
    /// 0…200.
    package var volume: Int
    package var isMuted: Bool

    package init(
        sink: Sink = .device, bufferRange: ClosedRange<Int> = 0...AudioLimits.maximumBufferMilliseconds,
        volume: Int = 100,
        isMuted: Bool = false
    ) {
        self.sink = sink
        self.bufferRange = bufferRange
        self.volume = volume
        self.isMuted = isMuted
    }
}
