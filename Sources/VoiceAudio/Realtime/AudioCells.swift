/// The memory of all cells that the audio thread shares with the rest: it owns them, and the audio thread, the handles
/// and the helper hold it, so it outlives whoever reads or writes them.
///
/// `@unchecked Sendable`: the pointers never change, and what they point at is atomic.
final class AudioCells: @unchecked Sendable {
    let system: UnsafeMutablePointer<SystemCells>
    /// ``AudioLimits/publisherChannels`` of them.
    let publishers: UnsafeMutablePointer<PublisherCells>
    /// ``AudioLimits/playerSlots`` of them.
    let players: UnsafeMutablePointer<PlayerCells>

    init() {
        system = .allocate(capacity: 1)
        system.initialize(to: SystemCells())
        publishers = .allocate(capacity: AudioLimits.publisherChannels)
        for channel in 0..<AudioLimits.publisherChannels {
            (publishers + channel).initialize(to: PublisherCells())
        }
        players = .allocate(capacity: AudioLimits.playerSlots)
        for slot in 0..<AudioLimits.playerSlots {
            (players + slot).initialize(to: PlayerCells())
        }
    }

    deinit {
        system.deinitialize(count: 1)
        system.deallocate()
        publishers.deinitialize(count: AudioLimits.publisherChannels)
        publishers.deallocate()
        players.deinitialize(count: AudioLimits.playerSlots)
        players.deallocate()
    }
}
