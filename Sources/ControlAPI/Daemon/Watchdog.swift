import VoiceEngine

/// Decides whether the daemon is alive: the caller turns by asking, and the engine's threads by their counters.
package struct Watchdog: Sendable {
    /// How often a thread of the engine has turned.
    package struct Turns: Sendable, Equatable {
        package var audio: UInt64
        package var media: UInt64

        package init(audio: UInt64, media: UInt64) {
            self.audio = audio
            self.media = media
        }

        /// The turns of a running engine; nil of one that need not turn.
        package init?(_ snapshot: EngineSnapshot?) {
            guard let snapshot, snapshot.state == .running else { return nil }
            self.init(audio: snapshot.audio.audioThreadTurns, media: snapshot.network.mediaThreadTurns)
        }
    }

    private var last: Turns?

    package init() {}

    /// Whether all that has to turn has turned since the last call; `turns` is nil while there is no engine.
    package mutating func isAlive(_ turns: Turns?) -> Bool {
        defer { last = turns }
        guard let turns, let last else { return true }
        return turns.audio != last.audio && turns.media != last.media
    }

    /// Which thread has not turned since the last call, for the log.
    package func stuckThread(_ turns: Turns?) -> String? {
        guard let turns, let last else { return nil }
        if turns.audio == last.audio { return "audio" }
        return turns.media == last.media ? "media" : nil
    }
}
