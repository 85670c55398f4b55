import Synchronization

/// The handle of one player's slot. Copies mean the same slot.
package struct AudioPlayer: Sendable {
    /// 0…49: what ``ReceivedFrame/slot`` names.
    package let slot: Int
    let helper: DeviceHelper
    let cells: AudioCells

    /// Makes jitter buffer and decoder; answers when the audio thread has been given them, so frames pushed from then
    /// on are played. A slot that plays is stopped first. Throws when the sink's file cannot be made or a parameter is
    /// out of range.
    package func start(_ audio: PlayerAudio = PlayerAudio()) async throws(AudioError) {
        try await helper.startPlayer(slot: slot, audio)
    }

    /// Stops playing; answers when the file, if it has one, is complete. Nothing happens when the slot plays nothing.
    package func stop() async {
        await helper.stopPlayer(slot: slot)
    }

    /// 0…200, clamped; reached by a ramp.
    package func setVolume(_ volume: Int) {
        cells.players[slot].volume.store(Int32(min(max(volume, 0), AudioLimits.maximumVolume)), ordering: .relaxed)
    }

    package func setMuted(_ isMuted: Bool) {
        cells.players[slot].isMuted.store(isMuted, ordering: .relaxed)
    }

    /// Bounds of the jitter buffer's delay in milliseconds, clamped to 0…4000.
    package func setBufferRange(_ range: ClosedRange<Int>) {
        let bounds = range.clamped(to: 0...AudioLimits.maximumBufferMilliseconds)
        cells.players[slot].minimumBuffer.store(Int32(bounds.lowerBound), ordering: .relaxed)
        cells.players[slot].maximumBuffer.store(Int32(bounds.upperBound), ordering: .relaxed)
    }

    package var snapshot: PlayerSnapshot {
        let players = cells.players
        return PlayerSnapshot(
            isRunning: players[slot].isRunning.load(ordering: .relaxed),
            soundLevel: Double(players[slot].soundLevel.load(ordering: .relaxed)) / 100,
            voiceActivity: players[slot].voiceActivity.load(ordering: .relaxed),
            bufferDelay: Double(players[slot].bufferDelayMicroseconds.load(ordering: .relaxed)) / 1000,
            decodeDelay: Double(players[slot].decodeDelayMicroseconds.load(ordering: .relaxed)) / 1000,
            targetDelay: Double(players[slot].targetDelayMicroseconds.load(ordering: .relaxed)) / 1000,
            driftPartsPerMillion: Double(players[slot].driftPartsPerMillion.load(ordering: .relaxed)),
            packetsReceived: players[slot].packetsReceived.load(ordering: .relaxed),
            packetsLost: players[slot].packetsLost.load(ordering: .relaxed),
            packetsLate: players[slot].packetsLate.load(ordering: .relaxed),
            packetsDuplicated: players[slot].packetsDuplicated.load(ordering: .relaxed),
            packetsRecovered: players[slot].packetsRecovered.load(ordering: .relaxed),
            packetsMalformed: players[slot].packetsMalformed.load(ordering: .relaxed),
            samplesPlayed: players[slot].samplesPlayed.load(ordering: .relaxed),
            samplesConcealed: players[slot].samplesConcealed.load(ordering: .relaxed))
    }
}
