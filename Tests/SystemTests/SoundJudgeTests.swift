import Testing

/// The judge must know good sound from bad, else the whole-call tests prove nothing.
@Suite("The judge of sound")
struct SoundJudgeTests {
    let voice: WAVFile
    let place: TemporaryDirectory

    init() throws {
        voice = try WAVFile(path: Programs.voice)
        place = try TemporaryDirectory()
    }

    private func judge(_ samples: [Int16], starts: (reference: Double, recording: Double)? = nil) throws
        -> SoundJudgement
    {
        try WAVFile(samples: samples).write(to: place.file("heard.wav"))
        return try SoundJudge.compare(reference: Programs.voice, recording: place.file("heard.wav"), starts: starts)
    }

    @Test("accepts the voice itself, and finds its delay to the millisecond")
    func acceptsTheVoice() throws {
        let silence = [Int16](repeating: 0, count: WAVFile.rate * 3 / 20)
        let judgement = try judge(silence + voice.samples + silence, starts: (reference: 100, recording: 100.05))
        #expect(judgement.isGood)
        #expect(judgement.pesq > 4.5)
        #expect(abs((judgement.delaySeconds ?? 0) - 0.2) < 0.001)
        #expect(judgement.spreadMs < 1)
    }

    @Test("accepts the voice at a place where it repeats")
    func acceptsALaterPass() throws {
        let noise = generatedNoise(count: WAVFile.rate, amplitude: 3000)
        #expect(try judge(noise + voice.samples + noise).isGood)
    }

    @Test("refuses silence")
    func refusesSilence() throws {
        #expect(!(try judge([Int16](repeating: 0, count: voice.samples.count * 2)).isGood))
    }

    @Test("refuses noise")
    func refusesNoise() throws {
        #expect(!(try judge(generatedNoise(count: voice.samples.count * 2, amplitude: 6000)).isGood))
    }

    @Test("refuses a piece of the voice that repeats", arguments: [0.02, 0.5, 2.0])
    func refusesALoop(seconds: Double) throws {
        let start = voice.samples.count / 3
        let piece = voice.samples[start..<start + Int(seconds * Double(WAVFile.rate))]
        let samples = (0..<voice.samples.count * 2).map { piece[start + $0 % piece.count] }
        #expect(!(try judge(samples).isGood))
    }

    @Test("refuses chopped sound: one 20-ms frame in twenty silent")
    func refusesChoppedSound() throws {
        let frame = WAVFile.rate / 50
        let samples = voice.samples.enumerated().map { ($0.offset / frame) % 20 == 7 ? 0 : $0.element }
        #expect(!(try judge(samples).isGood))
    }

    @Test("refuses sound with a hole of half a second")
    func refusesAHole() throws {
        var samples = voice.samples
        for index in samples.count / 2..<samples.count / 2 + WAVFile.rate / 2 { samples[index] = 0 }
        #expect(!(try judge(samples).isGood))
    }

    @Test("refuses the wrong level")
    func refusesTheWrongLevel() throws {
        #expect(!(try judge(voice.samples.map { $0 / 4 }).isGood))
    }

    @Test("refuses a recording that is too short to hold the voice")
    func refusesHalf() throws {
        #expect(!(try judge(Array(voice.samples.prefix(voice.samples.count / 2))).isGood))
    }

    /// Noise that is the same every time.
    private func generatedNoise(count: Int, amplitude: Int) -> [Int16] {
        var state: UInt64 = 1
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int16(Int(state >> 33) % (2 * amplitude) - amplitude)
        }
    }
}
