import Transport
import VoiceAudio

/// Makes the quality of the last interval out of counters that only grow: keeps each stream's last reading.
struct QualityFigures: Sendable {
    private struct SentReading: Sendable {
        var sent: MediaStatistics.Sent
        var time: MonotonicTime
    }

    private struct ReceivedReading: Sendable {
        var received: MediaStatistics.Received
        var played: Int
        var concealed: Int
        var isHeld: Bool
        var time: MonotonicTime
    }

    private var sent: [UInt64: SentReading] = [:]
    private var received: [UInt64: ReceivedReading] = [:]

    /// Forgets streams that are not among these.
    mutating func keep(_ tokens: Set<UInt64>) {
        sent = sent.filter { tokens.contains($0.key) }
        received = received.filter { tokens.contains($0.key) }
    }

    /// Whether there is a reading to compare with.
    func knows(_ token: UInt64) -> Bool { sent[token] != nil || received[token] != nil }

    /// The first reading of a published stream; later ones change nothing.
    mutating func begin(_ token: UInt64, _ now: MediaStatistics.Sent, at time: MonotonicTime) {
        if sent[token] == nil { sent[token] = SentReading(sent: now, time: time) }
    }

    /// The first reading of a played stream; later ones change nothing.
    mutating func begin(
        _ token: UInt64, _ now: MediaStatistics.Received, _ sound: PlayerSnapshot, at time: MonotonicTime
    ) {
        guard received[token] == nil else { return }
        received[token] = ReceivedReading(
            received: now, played: sound.samplesPlayed, concealed: sound.samplesConcealed, isHeld: false, time: time)
    }

    /// The quality of a published stream since the last call.
    mutating func publisher(
        _ token: UInt64, _ now: MediaStatistics.Sent, at time: MonotonicTime
    ) -> PublisherQuality {
        let last = sent.updateValue(SentReading(sent: now, time: time), forKey: token)
        return PublisherQuality(
            kbps: last.map { Self.kbps(now.bytes, $0.sent.bytes, $0.time, time) } ?? 0,
            rttMs: now.roundTripNanoseconds.map { Double($0) / 1e6 },
            packetLostRate: Self.rate(now.lost - (last?.sent.lost ?? 0), now.expected - (last?.sent.expected ?? 0)))
    }

    /// The quality of a played stream since the last call.
    ///
    /// - Parameter isHeld: the server was asked to send nothing: what is made up in its place says nothing of the line.
    mutating func player(
        _ token: UInt64, _ now: MediaStatistics.Received, _ sound: PlayerSnapshot, isHeld: Bool,
        playbackDelayMs: Double, at time: MonotonicTime
    ) -> PlayerQuality {
        let reading = ReceivedReading(
            received: now, played: sound.samplesPlayed, concealed: sound.samplesConcealed, isHeld: isHeld, time: time)
        let last = received.updateValue(reading, forKey: token)
        let wasHeld = isHeld || last?.isHeld ?? false
        let lost = now.lost - (last?.received.lost ?? 0)
        let expected = now.expected - (last?.received.expected ?? 0)
        let concealed =
            wasHeld
            ? 0
            : Self.rate(
                Int64(sound.samplesConcealed - (last?.concealed ?? 0)), Int64(sound.samplesPlayed - (last?.played ?? 0))
            )
        let roundTripMs = now.roundTripNanoseconds.map { Double($0) / 1e6 }
        let endToEnd = now.captureToArrivalNanoseconds.map { Double($0) / 1e6 + sound.bufferDelay + playbackDelayMs }
        // A new transport counts from zero.
        let gaps = now.gaps - min(last?.received.gaps ?? 0, now.gaps)
        let score: Double? =
            wasHeld || sound.samplesPlayed == (last?.played ?? 0)
            ? nil
            : EModel.meanOpinionScore(
                lossRate: concealed,
                burstRatio: EModel.burstRatio(
                    lost: UInt64(max(0, lost)), runs: gaps, total: UInt64(max(0, expected))),
                oneWayDelayMs: endToEnd ?? (roundTripMs ?? 0) / 2 + sound.bufferDelay + playbackDelayMs)
        return PlayerQuality(
            kbps: last.map { Self.kbps(now.bytes, $0.received.bytes, $0.time, time) } ?? 0, rttMs: roundTripMs,
            packetLostRate: Self.rate(lost, expected), concealedRate: concealed, jitterBufferMs: sound.bufferDelay,
            endToEndMs: endToEnd, mos: score)
    }

    private static func kbps(_ bytes: UInt64, _ before: UInt64, _ from: MonotonicTime, _ to: MonotonicTime) -> Double {
        let milliseconds = to.milliseconds(since: from)
        guard milliseconds > 0, bytes >= before else { return 0 }
        return Double(bytes - before) * 8 / milliseconds
    }

    private static func rate(_ part: Int64, _ whole: Int64) -> Double {
        guard whole > 0, part > 0 else { return 0 }
        return min(1, Double(part) / Double(whole))
    }
}
