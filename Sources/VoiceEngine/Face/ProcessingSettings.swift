import VoiceAudio

/// What is done to the microphone's sound; nil: that part is off.
package struct ProcessingSettings: Sendable, Equatable {
    package var echo: ProcessingMode?
    package var noise: ProcessingMode?
    package var gain: ProcessingMode?

    package init(echo: ProcessingMode? = nil, noise: ProcessingMode? = nil, gain: ProcessingMode? = nil) {
        self.echo = echo
        self.noise = noise
        self.gain = gain
    }

    package subscript(part: ProcessingPart) -> ProcessingMode? {
        get {
            switch part {
            case .echo: echo
            case .noise: noise
            case .gain: gain
            }
        }
        set {
            switch part {
            case .echo: echo = newValue
            case .noise: noise = newValue
            case .gain: gain = newValue
            }
        }
    }

    /// As the audio system takes it.
    var captureProcessing: CaptureProcessing {
        CaptureProcessing(echo: echo?.strength, noise: noise?.strength, gain: gain?.strength)
    }
}
