import Synchronization

/// The handle of one publish channel. Copies mean the same channel.
package struct AudioPublisher: Sendable {
    /// 0 main, 1 aux, 2 third, 3 fourth.
    package let channel: Int
    let helper: DeviceHelper
    let cells: AudioCells

    /// Makes source and encoder and starts sending; answers when the audio thread has been given them. A channel that
    /// runs is stopped first. Throws when the file cannot be played or a parameter is out of range.
    package func start(_ audio: PublisherAudio) async throws(AudioError) {
        try await helper.startPublisher(channel: channel, audio)
    }

    /// Stops sending; answers when the last frame is in the ring. Nothing happens when the channel does not run.
    package func stop() async {
        await helper.stopPublisher(channel: channel)
    }

    /// While muted, silence is encoded and sent.
    package func setMuted(_ isMuted: Bool) {
        cells.publishers[channel].isMuted.store(isMuted, ordering: .relaxed)
    }

    /// Payload bits per second, clamped to 6000…510 000; from the next frame on.
    package func setBitrate(_ bitrate: Int) {
        cells.publishers[channel].bitrate.store(Int32(min(max(bitrate, 6000), 510_000)), ordering: .relaxed)
    }

    /// What was asked for with ``setBitrate(_:)`` or at the start.
    package var bitrate: Int { Int(cells.publishers[channel].bitrate.load(ordering: .relaxed)) }

    /// The length of the frames that was asked for at the start, in milliseconds.
    package var askedFrameMilliseconds: Int {
        Int(cells.publishers[channel].askedFrameMilliseconds.load(ordering: .relaxed))
    }

    /// Holds the bitrate below what was asked for, because copies of the frames have to fit too; nil: no more.
    package func limitBitrate(_ limit: Int?) {
        cells.publishers[channel].bitrateLimit.store(Int32(clamping: max(limit ?? .max, 6000)), ordering: .relaxed)
    }

    /// Makes frames longer than was asked for at the start, or as long again: `choose` is given the milliseconds asked
    /// for and answers those wanted, 5, 10, 20, 40 or 60; from the next frame on.
    package func lengthenFrames(_ choose: (Int) -> Int) {
        let asked = Int(cells.publishers[channel].askedFrameMilliseconds.load(ordering: .relaxed))
        let wanted = choose(asked)
        guard [5, 10, 20, 40, 60].contains(wanted) else { return }
        cells.publishers[channel].frameMilliseconds.store(Int32(max(wanted, asked)), ordering: .relaxed)
    }

    /// The loss that receivers measured, in percent: how much in-band redundancy Opus spends. 0 until there is a
    /// measurement, because redundancy that nobody needs costs quality (a fixed hint of 20 % up to 1.4 MOS).
    package func setExpectedLoss(percent: Int) {
        cells.publishers[channel].expectedLoss.store(Int32(min(max(percent, 0), 100)), ordering: .relaxed)
    }

    package var snapshot: PublisherSnapshot {
        let publishers = cells.publishers
        return PublisherSnapshot(
            isRunning: publishers[channel].isRunning.load(ordering: .relaxed),
            soundLevel: Double(publishers[channel].soundLevel.load(ordering: .relaxed)) / 100,
            voiceActivity: publishers[channel].voiceActivity.load(ordering: .relaxed),
            framesEncoded: publishers[channel].framesEncoded.load(ordering: .relaxed),
            bytesEncoded: publishers[channel].bytesEncoded.load(ordering: .relaxed),
            encodeDelay: Double(publishers[channel].encodeDelayMicroseconds.load(ordering: .relaxed)) / 1000)
    }
}
