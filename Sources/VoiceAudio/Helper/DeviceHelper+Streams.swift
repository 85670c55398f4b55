import Synchronization

// Publishers and players: made here, used by the audio thread, and freed when it gives them back.
extension DeviceHelper {
    func startPublisher(channel: Int, _ audio: PublisherAudio) async throws(AudioError) {
        try audio.check()
        guard takesOrders else { throw .stopped }
        var sound: [Float]?
        if case .file(let path, _) = audio.source {
            sound = try await DeviceHelper.load(path, channels: audio.channels)
        }
        while runningPublishers.contains(channel) { await stopPublisher(channel: channel) }
        guard takesOrders else { throw .stopped }
        let cells = cells.publishers + channel
        let made = try PublisherPipeline.make(
            channel: channel, audio: audio, sound: sound, complexity: complexity, cells: cells)
        cells.pointee.bitrate.store(Int32(audio.bitrate), ordering: .relaxed)
        cells.pointee.bitrateLimit.store(.max, ordering: .relaxed)
        cells.pointee.frameMilliseconds.store(Int32(audio.frameMilliseconds), ordering: .relaxed)
        cells.pointee.askedFrameMilliseconds.store(Int32(audio.frameMilliseconds), ordering: .relaxed)
        cells.pointee.expectedLoss.store(0, ordering: .relaxed)
        cells.pointee.encodeDelayMicroseconds.store(
            made.encodeDelayMicroseconds(processingDelay: 0), ordering: .relaxed)
        cells.pointee.framesEncoded.store(0, ordering: .relaxed)
        cells.pointee.bytesEncoded.store(0, ordering: .relaxed)
        let pipeline = UnsafeMutablePointer<PublisherPipeline>.allocate(capacity: 1)
        pipeline.initialize(to: made)
        runningPublishers.insert(channel)
        cells.pointee.isRunning.store(true, ordering: .relaxed)
        send(.setPublisher(channel: channel, pipeline))
    }

    /// Reads a file beside this thread: one that has to be brought to another rate takes a while, in which sinks fill up
    /// and devices come back.
    private static func load(_ path: String, channels: Int) async throws(AudioError) -> [Float] {
        try await Task.detached {
            Result { () throws(AudioError) in try AudioClip.read(path, channels: channels) }
        }.value.get()
    }

    func stopPublisher(channel: Int) async {
        guard runningPublishers.contains(channel) else { return }
        if waiters[.publisher(channel)] == nil { send(.setPublisher(channel: channel, nil)) }
        await comingBack(.publisher(channel))
    }

    func startPlayer(slot: Int, _ audio: PlayerAudio) async throws(AudioError) {
        try audio.check()
        while runningPlayers.contains(slot) { await stopPlayer(slot: slot) }
        guard takesOrders else { throw .stopped }
        let cells = cells.players + slot
        var sink: FileSink?
        if case .file(let path) = audio.sink {
            sink = try FileSink(path: path, channels: outputChannels)
        }
        let made = try PlayerPipeline.make(tap: sink?.tap, tapChannels: outputChannels, cells: cells)
        cells.pointee.reset(audio)
        let pipeline = UnsafeMutablePointer<PlayerPipeline>.allocate(capacity: 1)
        pipeline.initialize(to: made)
        runningPlayers.insert(slot)
        playerSinks[slot] = sink
        cells.pointee.isRunning.store(true, ordering: .relaxed)
        send(.setPlayer(slot: slot, pipeline))
    }

    func stopPlayer(slot: Int) async {
        guard runningPlayers.contains(slot) else { return }
        if waiters[.player(slot)] == nil { send(.setPlayer(slot: slot, nil)) }
        await comingBack(.player(slot))
    }
}
