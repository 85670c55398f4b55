/// What the judge says of a recording (see `tools/compare.py`).
struct SoundJudgement: CustomStringConvertible {
    let found: Bool
    let pesq: Double
    let delaySeconds: Double?
    let levelDecibel: Double
    let recognised: Double
    let spreadMs: Double
    let description: String

    /// A whole pass of the voice came through as one would want to hear it: PESQ-WB of at least 4.0, every piece in its place, the level kept.
    var isGood: Bool { found && pesq >= 4.0 && recognised >= 0.95 && abs(levelDecibel) < 3 }
}

enum SoundJudge {
    /// Compares a recording with what was said. The starts are the times of the first samples on one clock, for the delay.
    static func compare(reference: String, recording: String, starts: (reference: Double, recording: Double)? = nil)
        throws -> SoundJudgement
    {
        var arguments = [Programs.python, "\(Programs.tools)/compare.py", reference, recording]
        if let starts {
            arguments += ["--reference-start", "\(starts.reference)", "--recording-start", "\(starts.recording)"]
        }
        let output = try Command.demand(arguments, upTo: 120)
        let json = try JSON(line: output)
        return SoundJudgement(
            found: json["found"].bool ?? false, pesq: json["pesq"].number ?? 0,
            delaySeconds: json["delaySeconds"].number,
            levelDecibel: json["levelDecibel"].number ?? -120, recognised: json["recognised"].number ?? 0,
            spreadMs: json["spreadMs"].number ?? 0, description: output)
    }
}
