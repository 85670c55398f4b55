import VoiceAudio

/// What is said in a simulated call: a lead-in, in which the call finds out about its line, then each voice once.
package struct SpeechProgramme: Sendable {
    /// The whole, 48 kHz, mono.
    package private(set) var samples: [Float] = []
    /// Where in it the voices are, without the lead-in.
    package private(set) var passes: [Range<Int>] = []
    /// The length of the lead-in, s.
    package private(set) var leadIn = 0.0

    /// Loads WAV files and brings them to 48 kHz, mono.
    /// - Parameters:
    ///   - voices: the files of each, which are spoken and judged as one.
    ///   - leadIn: its least length, s; it is made of the first voice.
    package init(voices: [[String]], leadIn: Double) throws(AudioError) {
        var clips: [[Float]] = []
        for paths in voices {
            var clip: [Float] = []
            for path in paths { clip += try Self.load(path) }
            clips.append(clip)
        }
        guard let first = clips.first, !first.isEmpty else { return }
        while Double(samples.count) < leadIn * 48_000 { samples += first }
        self.leadIn = Double(samples.count) / 48_000
        for clip in clips {
            passes.append(samples.count..<samples.count + clip.count)
            samples += clip
        }
        // What is still in the buffer at the end of the last voice.
        samples += [Float](repeating: 0, count: 48_000)
    }

    /// What is judged of it, s.
    package var judgedSeconds: Double { Double(passes.reduce(0) { $0 + $1.count }) / 48_000 }

    private static func load(_ path: String) throws(AudioError) -> [Float] {
        let file = try WAVFile.read(path)
        let mono = (0..<file.frames).map { frame in
            file.samples[frame * file.channels..<(frame + 1) * file.channels].reduce(0, +) / Float(file.channels)
        }
        return Resampler.resample(mono, channels: 1, from: file.sampleRate, to: AudioLimits.sampleRate)
    }
}
