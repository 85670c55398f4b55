/// A short piece of the voice, for tests that need no more: it is said over and over, and a whole pass of it is in every recording of
/// `recordingSeconds`.
enum Voice {
    static let recordingSeconds = 8

    /// Writes the piece (3.5 s) and answers its path.
    static func excerpt(in place: TemporaryDirectory) throws -> String {
        let path = place.file("excerpt.wav")
        let samples = try WAVFile(path: Programs.voice).samples.prefix(WAVFile.rate * 7 / 2)
        try WAVFile(samples: Array(samples)).write(to: path)
        return path
    }
}

extension WAVFile {
    /// The tone that sounds longest: its frequency by the zero crossings, and how long it sounds.
    func loudestTone() -> (hertz: Double, seconds: Double) {
        let block = Self.rate / 10
        var frequencies: [Double] = []
        for start in stride(from: 0, to: samples.count - block, by: block) {
            let part = samples[start..<start + block]
            guard part.contains(where: { $0.magnitude > 1000 }) else { continue }
            let crossings = zip(part, part.dropFirst()).count { ($0 < 0) != ($1 < 0) }
            frequencies.append(Double(crossings) / 2 / 0.1)
        }
        frequencies.sort()
        return (frequencies.isEmpty ? 0 : frequencies[frequencies.count / 2], Double(frequencies.count) * 0.1)
    }
}
