/// A part of what is done to the microphone's sound.
package enum ProcessingPart: Sendable, CaseIterable {
    /// Echo cancellation, `enableAEC`.
    case echo
    /// Noise suppression, `enableANS`.
    case noise
    /// Gain control, `enableAGC`.
    case gain
}
