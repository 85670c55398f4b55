import MediaIO
import Synchronization
import Transport

// The rings: received packets, commands of the helper, and what is told to it.
extension AudioLoop {
    @_noAllocation @_noLocks
    mutating func takeReceived() {
        while let packet = received.peek() {
            let frame = packet.receivedFrame.pointee
            let length = min(Int(frame.payloadLength), packet.payload.count)
            if Int(frame.slot) < AudioLimits.playerSlots, let player = players[Int(frame.slot)] {
                player.pointee.receive(frame, UnsafeRawBufferPointer(start: packet.payload.baseAddress, count: length))
            } else {
                cells.pointee.strayReceivedFrames.add(1, ordering: .relaxed)
            }
            received.release()
        }
    }

    /// Carries out what the helper asked for. Each command gives at most one thing back, so none is begun without room
    /// for its result; what has to fade out first comes back with the block after.
    @_noAllocation @_noLocks
    mutating func takeCommands() {
        while let command = commands.peek(), results.reserve() != nil {
            switch command.command.pointee {
            case .setCapture(let unit):
                if let former = capture { _ = tell(.capture(former, code: 0)) }
                capture = unit
                isCaptureNew = true
                metronome.restart(at: realtimeNow())
                // What is not a card has no sample before its time.
                cells.pointee.captureDelayMicroseconds.store(
                    unit == nil ? SystemCells.unknown : 0, ordering: .relaxed)
            case .setPlayback(let unit):
                set(unit)
            case .setPublisher(let channel, let pipeline):
                set(pipeline, channel: channel)
            case .setPlayer(let slot, let pipeline):
                set(pipeline, slot: slot)
            case .setProcessor(let new):
                if !isProcessorNew {
                    formerProcessor = processor
                    isProcessorNew = true
                } else if let unheard = processor {
                    // A second change within one block.
                    _ = tell(.processor(unheard))
                }
                processor = new
                cells.pointee.processingDelayMicroseconds.store(
                    new?.pointee.delayMicroseconds ?? 0, ordering: .relaxed)
            case .setRecording(let slot, let tap):
                if recordings[slot] != nil { _ = tell(.recording(slot: slot)) }
                recordings[slot] = tap
                isSpeechRecorded = false
                for slot in 0..<AudioLimits.recordings where recordings[slot]?.takesSpeech == true {
                    isSpeechRecorded = true
                }
            case .setOutputChannels(let count):
                outputChannels = count
            }
            commands.release()
        }
    }

    /// A card fades out before it is let go of; what replaces something else takes its place at once.
    @_noAllocation @_noLocks
    private mutating func set(_ unit: UnsafeMutablePointer<PlaybackUnit>?) {
        if unit == nil, let playback, playback.pointee.isCard {
            playback.pointee.leave(block: block)
            return
        }
        if let former = playback { _ = tell(.playback(former, code: 0)) }
        playback = unit
        metronome.restart(at: realtimeNow())
        cells.pointee.playbackDelayMicroseconds.store(
            unit == nil ? SystemCells.unknown : Limiter.delayMicroseconds, ordering: .relaxed)
    }

    @_noAllocation @_noLocks
    private mutating func set(_ pipeline: UnsafeMutablePointer<PublisherPipeline>?, channel: Int) {
        if pipeline == nil, let publisher = publishers[channel] {
            publisher.pointee.isLeaving = true
            return
        }
        let former = publishers[channel]
        publishers[channel] = pipeline
        publisherCells[channel].isRunning.store(pipeline != nil, ordering: .relaxed)
        if let former { _ = tell(.publisher(channel: channel, former)) }
    }

    @_noAllocation @_noLocks
    private mutating func set(_ pipeline: UnsafeMutablePointer<PlayerPipeline>?, slot: Int) {
        if pipeline == nil, let player = players[slot] {
            player.pointee.isLeaving = true
            return
        }
        let former = players[slot]
        players[slot] = pipeline
        playerCells[slot].isRunning.store(pipeline != nil, ordering: .relaxed)
        if let former { _ = tell(.player(slot: slot, former)) }
    }

    @_noAllocation @_noLocks
    func tell(_ result: AudioResult) -> Bool {
        guard let slot = results.reserve() else { return false }
        slot.result.pointee = result
        results.commit()
        resultsReady.signal()
        return true
    }
}
