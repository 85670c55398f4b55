import VoiceEngine

/// Decides whether the daemon is alive: the caller turns by asking, and all other threads by their counters.
package struct Watchdog: Sendable {
    /// How often each thread has turned, by its name as the log has it.
    package typealias Turns = [String: UInt64]

    private var last: Turns = [:]

    package init() {}

    /// A thread that has not turned since the last call; nil when all of them have. A new one has time until the next call.
    package mutating func stuckThread(_ turns: Turns) -> String? {
        defer { last = turns }
        return turns.keys.sorted().first { last[$0] == turns[$0] }
    }

    /// The threads of an engine; none of one that need not turn.
    package static func turns(of engine: EngineSnapshot?) -> Turns {
        guard let engine, engine.state == .running else { return [:] }
        return ["audio": engine.audio.audioThreadTurns, "media": engine.network.mediaThreadTurns]
    }

    /// The threads of a room server.
    ///
    /// - Parameter heartbeats: as the server tells them.
    package static func turns(ofServer heartbeats: [UInt64]) -> Turns {
        var turns: Turns = [:]
        for (index, beat) in heartbeats.enumerated() { turns["room server's thread \(index)"] = beat }
        return turns
    }
}
