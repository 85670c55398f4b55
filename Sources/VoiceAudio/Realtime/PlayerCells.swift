import Synchronization

/// What one player's slot of the audio thread reads and tells; see ``SystemCells``.
struct PlayerCells: ~Copyable {
    // Parameters.
    let volume = Atomic<Int32>(100)
    let isMuted = Atomic<Bool>(false)
    let minimumBuffer = Atomic<Int32>(0)
    let maximumBuffer = Atomic<Int32>(4000)

    // Told by the audio thread.
    let isRunning = Atomic<Bool>(false)
    let soundLevel = Atomic<UInt32>(0)
    let voiceActivity = Atomic<Bool>(false)
    let bufferDelayMicroseconds = Atomic<Int>(0)
    let decodeDelayMicroseconds = Atomic<Int>(0)
    let targetDelayMicroseconds = Atomic<Int>(0)
    let driftPartsPerMillion = Atomic<Int32>(0)
    let packetsReceived = Atomic<Int>(0)
    let packetsLost = Atomic<Int>(0)
    let packetsLate = Atomic<Int>(0)
    let packetsDuplicated = Atomic<Int>(0)
    let packetsRecovered = Atomic<Int>(0)
    let packetsMalformed = Atomic<Int>(0)
    let samplesPlayed = Atomic<Int>(0)
    let samplesConcealed = Atomic<Int>(0)

    /// Sets the parameters of a player that is about to start and its figures to nothing.
    func reset(_ audio: PlayerAudio) {
        volume.store(Int32(audio.volume), ordering: .relaxed)
        isMuted.store(audio.isMuted, ordering: .relaxed)
        minimumBuffer.store(Int32(audio.bufferRange.lowerBound), ordering: .relaxed)
        maximumBuffer.store(Int32(audio.bufferRange.upperBound), ordering: .relaxed)
        bufferDelayMicroseconds.store(0, ordering: .relaxed)
        decodeDelayMicroseconds.store(0, ordering: .relaxed)
        targetDelayMicroseconds.store(0, ordering: .relaxed)
        driftPartsPerMillion.store(0, ordering: .relaxed)
        packetsReceived.store(0, ordering: .relaxed)
        packetsLost.store(0, ordering: .relaxed)
        packetsLate.store(0, ordering: .relaxed)
        packetsDuplicated.store(0, ordering: .relaxed)
        packetsRecovered.store(0, ordering: .relaxed)
        packetsMalformed.store(0, ordering: .relaxed)
        samplesPlayed.store(0, ordering: .relaxed)
        samplesConcealed.store(0, ordering: .relaxed)
    }
}
