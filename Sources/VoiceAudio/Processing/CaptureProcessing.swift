/// What is done to the sound of a microphone before anybody hears it; nil: not at all. Whatever is done, 1 ms goes for
/// taking the sound apart into bands.
package struct CaptureProcessing: Sendable, Hashable {
    /// Takes out what the loudspeaker plays. Only where microphone and loudspeaker are cards; costs 7 ms.
    package var echo: ProcessingStrength?
    /// Takes out what goes on evenly behind a voice: fans, cars. Costs 6 ms.
    package var noise: ProcessingStrength?
    /// Brings quiet and loud voices to the same level.
    package var gain: ProcessingStrength?

    package init(echo: ProcessingStrength? = nil, noise: ProcessingStrength? = nil, gain: ProcessingStrength? = nil) {
        self.echo = echo
        self.noise = noise
        self.gain = gain
    }

    package static let none = CaptureProcessing()
}
