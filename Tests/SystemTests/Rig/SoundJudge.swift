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

/// What was said is not in a recording: no stall of the machine excuses that.
struct NothingHeard: Error, CustomStringConvertible {
    let description: String
}

enum SoundJudge {
    /// What is recognised of the voice at least, however badly the machine kept time.
    private static let leastRecognised = 0.3

    /// ``compare(reference:recording:starts:)``, where a recording without the voice is an error and no judgement.
    static func hear(reference: String, recording: String, starts: (reference: Double, recording: Double)? = nil)
        throws -> SoundJudgement
    {
        let judgement = try compare(reference: reference, recording: recording, starts: starts)
        guard judgement.found, judgement.recognised >= leastRecognised else {
            throw NothingHeard(description: "the voice is not in \(recording): \(judgement)")
        }
        return judgement
    }

    /// Compares a recording with what was said. The starts are the times of the first samples on one clock, for the delay.
    /// - Parameter isLast: of several passes of the voice the last is judged, not the best.
    static func compare(
        reference: String, recording: String, starts: (reference: Double, recording: Double)? = nil,
        isLast: Bool = false
    ) throws -> SoundJudgement {
        var arguments = [Programs.python, "\(Programs.tools)/compare.py", reference, recording]
        if let starts {
            arguments += ["--reference-start", "\(starts.reference)", "--recording-start", "\(starts.recording)"]
        }
        if isLast { arguments.append("--last") }
        let output = try Command.demand(arguments, upTo: 120)
        let json = try JSON(line: output)
        return SoundJudgement(
            found: json["found"].bool ?? false, pesq: json["pesq"].number ?? 0,
            delaySeconds: json["delaySeconds"].number,
            levelDecibel: json["levelDecibel"].number ?? -120, recognised: json["recognised"].number ?? 0,
            spreadMs: json["spreadMs"].number ?? 0, description: output)
    }
}
