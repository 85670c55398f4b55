import Synchronization
import Transport

// Block by block: what is captured goes to the publishers, the mix is made of the players.
extension AudioLoop {
    /// Samples over which the sound of one input goes over into that of another: 5 ms, or a whole shorter block.
    private static var bridge: Int { 240 }
    /// A mix that comes so much later than the one before means that the machine stood still; the media thread, which
    /// is less urgent, has caught up a little after this one.
    private static var standstill: Int64 { 50_000_000 }
    private static var aftermath: Int64 { 20_000_000 }

    /// The directions that have no card. The mix comes first, so that a loop-back captures it without delay.
    @_noAllocation @_noLocks
    mutating func timedBlock(at tick: MonotonicTime) {
        var isLooped = false
        if let playback {
            isLooped = playback.pointee.isLoopback
            if !playback.pointee.isCard {
                renderDelay = 0
                render(at: tick)
                if playback.pointee.tap != nil,
                    let whole = fileWhole.add(mix, frames: block, channels: mixChannels)
                {
                    playback.pointee.tap?.write(whole)
                }
            }
        } else {
            renderDelay = 0
            render(at: tick)
        }
        if let capture {
            if !capture.pointee.isCard {
                if capture.pointee.isLoopback, !isLooped {
                    clearSamples(captured, 2 * AudioLimits.blockSamples)
                } else {
                    capture.pointee.fill(
                        captured, frames: block, loopback: mix, loopbackChannels: mixChannels)
                }
                process(frames: block, channels: capture.pointee.channels, captureTime: tick)
            }
        } else {
            clearSamples(captured, 2 * AudioLimits.blockSamples)
            process(frames: block, channels: 1, captureTime: tick)
        }
    }

    // MARK: Captured

    /// One captured block goes to the publishers.
    @_noAllocation @_noLocks
    mutating func process(frames: Int, channels: Int, captureTime: MonotonicTime) {
        bridgeCapture(frames: frames, channels: channels)
        if frames == AudioLimits.blockSamples {
            takeOutEcho(channels: channels, captureTime: captureTime)
        } else if isProcessorNew {
            letGoOfFormerProcessor()
        }
        let isMuted = cells.pointee.isMicrophoneMuted.load(ordering: .relaxed)
        let volume = Float(cells.pointee.captureVolume.load(ordering: .relaxed)) / 100
        captureGain.apply(isMuted ? 0 : volume, to: captured, frames: frames, channels: channels)
        let energy = LevelMeter.energy(captured, count: frames * channels)
        if let energy = captureEnergy.add(energy, frames: frames) {
            captureMeter.measure(energy: energy)
            cells.pointee.capturedSoundLevel.store(captureMeter.soundLevel, ordering: .relaxed)
        }
        if isSpeechRecorded { ChannelMapping.map(captured, channels: channels, to: said, channels: 2, frames: frames) }

        let block = CapturedBlock(
            samples: captured, frames: frames, channels: channels,
            timestamp: UInt32(truncatingIfNeeded: capturedSamples), captureTime: captureTime,
            processingDelay: Int64(processor?.pointee.delayMicroseconds ?? 0) * 1000)
        capturedSamples += UInt64(frames)
        for channel in 0..<AudioLimits.publisherChannels {
            guard let publisher = publishers[channel] else { continue }
            let ended = publisher.pointee.process(block, ownSound: isSpeechRecorded ? said : nil, to: encoded)
            if ended { _ = tell(.sourceEnded(channel: channel)) }
            if publisher.pointee.hasLeft { leave(publisher, channel: channel) }
        }
        if isSpeechRecorded, let whole = saidWhole.add(said, frames: frames, channels: 2) {
            record(whole, channels: 2, isHeard: false)
        }
    }

    /// Lets the end of one input's sound run out into the beginning of another's, so that no change of device clicks.
    @_noAllocation @_noLocks
    private mutating func bridgeCapture(frames: Int, channels: Int) {
        if isCaptureNew {
            isCaptureNew = false
            let bridge = min(AudioLoop.bridge, frames)
            for frame in 0..<bridge {
                let weight = (Float(frame) + 0.5) / Float(bridge)
                for channel in 0..<channels {
                    let end = channel == 0 ? captureEnd.left : captureEnd.right
                    let index = frame * channels + channel
                    captured[index] = captured[index] * weight + end * (1 - weight)
                }
            }
        }
        let last = (frames - 1) * channels
        captureEnd = (captured[last], captured[last + channels - 1])
    }

    /// Echo, noise and gain. Where the processor has changed, one block goes over from the old one's sound to the new
    /// one's: they delay by different times.
    @_noAllocation @_noLocks
    private mutating func takeOutEcho(channels: Int, captureTime: MonotonicTime) {
        guard processor != nil || isProcessorNew else { return }
        let delay = renderDelay + realtimeNow().elapsed(since: captureTime)
        guard isProcessorNew else {
            processor?.pointee.process(captured, channels: channels, delay: delay)
            return
        }
        let count = AudioLimits.blockSamples * channels
        copySamples(scratch, captured, count)
        formerProcessor?.pointee.process(scratch, channels: channels, delay: delay)
        processor?.pointee.process(captured, channels: channels, delay: delay)
        for index in 0..<count {
            let weight = Float(index / channels + 1) / Float(AudioLimits.blockSamples)
            captured[index] = scratch[index] + (captured[index] - scratch[index]) * weight
        }
        letGoOfFormerProcessor()
    }

    @_noAllocation @_noLocks
    private mutating func letGoOfFormerProcessor() {
        if let formerProcessor {
            guard tell(.processor(formerProcessor)) else { return }
            self.formerProcessor = nil
        }
        isProcessorNew = false
    }

    /// A publisher that was stopped has sent its last frame.
    @_noAllocation @_noLocks
    private mutating func leave(_ publisher: UnsafeMutablePointer<PublisherPipeline>, channel: Int) {
        publisherCells[channel].isRunning.store(false, ordering: .relaxed)
        publisherCells[channel].soundLevel.store(0, ordering: .relaxed)
        publisherCells[channel].voiceActivity.store(false, ordering: .relaxed)
        // Last: who waits for it sees the cells as they are now. With a full ring it stays, silent, for a block more.
        if tell(.publisher(channel: channel, publisher)) { publishers[channel] = nil }
    }

    // MARK: The mix

    /// Makes the next block of the mix, whose first sample is wanted at `time`.
    @_noAllocation @_noLocks
    mutating func render(at time: MonotonicTime) {
        noteStandstill()
        takeReceived()
        let allowsStereo = mostChannels == 2
        setMixChannels()
        clearSamples(mix, block * mixChannels)
        for slot in 0..<AudioLimits.playerSlots {
            guard let player = players[slot] else { continue }
            player.pointee.render(
                into: mix, channels: mixChannels, allowsStereo: allowsStereo, frames: block, at: time)
            if player.pointee.isLeaving { leave(player, slot: slot) }
        }
        limiter.process(mix, frames: block)
        // What is heard is recorded, whether or not the loudspeaker is mute.
        if let whole = heardWhole.add(mix, frames: block, channels: mixChannels) {
            record(whole, channels: mixChannels, isHeard: true)
        }
        let isMuted = cells.pointee.isSpeakerMuted.load(ordering: .relaxed)
        speakerGain.apply(isMuted ? 0 : 1, to: mix, frames: block, channels: mixChannels)
    }

    /// Channels that there can be in the mix.
    private var mostChannels: Int {
        @_noAllocation @_noLocks get { min(playback?.pointee.card?.device.channels ?? outputChannels, 2) }
    }

    /// On its way to a card the mix has two channels only while a stream is played that has two.
    @_noAllocation @_noLocks
    private mutating func setMixChannels() {
        var wanted = mostChannels
        if wanted == 2, let playback, playback.pointee.isCard {
            wanted = 1
            for slot in 0..<AudioLimits.playerSlots where players[slot]?.pointee.isStereo == true { wanted = 2 }
        }
        guard wanted != mixChannels else { return }
        mixChannels = wanted
        limiter.change(channels: wanted)
        heardWhole.reset()
        fileWhole.reset()
        echoWhole.reset()
    }

    /// Before the packets are taken that have waited meanwhile.
    @_noAllocation @_noLocks
    private mutating func noteStandstill() {
        let now = realtimeNow()
        if mixedAt.nanoseconds > 0, now.elapsed(since: mixedAt) > AudioLoop.standstill {
            for slot in 0..<AudioLimits.playerSlots {
                players[slot]?.pointee.noteStall(until: now.later(by: AudioLoop.aftermath))
            }
        }
        mixedAt = now
    }

    /// A player that was stopped has faded out.
    @_noAllocation @_noLocks
    private mutating func leave(_ player: UnsafeMutablePointer<PlayerPipeline>, slot: Int) {
        playerCells[slot].isRunning.store(false, ordering: .relaxed)
        playerCells[slot].soundLevel.store(0, ordering: .relaxed)
        playerCells[slot].voiceActivity.store(false, ordering: .relaxed)
        if tell(.player(slot: slot, player)) { players[slot] = nil }
    }

    // MARK: Recordings

    @_noAllocation @_noLocks
    private mutating func record(_ block: UnsafePointer<Float>, channels: Int, isHeard: Bool) {
        for slot in 0..<AudioLimits.recordings where recordings[slot] != nil {
            recordings[slot]?.write(block, channels: channels, isHeard: isHeard)
        }
    }
}
