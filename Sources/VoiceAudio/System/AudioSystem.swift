import MediaIO
import Synchronization

/// The whole of a voice engine's sound: devices, the realtime thread, publishers' encoders, players' jitter buffers
/// and decoders, the mix.
///
/// ```
/// microphone → echo/noise/gain → volume → level → Opus → encodedFrames → (media thread)
/// (media thread) → receivedFrames → jitter buffer → Opus → volume → mix → limiter → loudspeaker
/// ```
/// Three threads meet here. The *audio thread* (``AudioThread``) does all that is above and never waits for anybody.
/// The *device helper* (``DeviceHelper``) does what may block or allocate. The *media thread* of the engine empties
/// ``encodedFrames`` and fills ``receivedFrames``. Parameters and figures are atomics: setters and snapshots may be
/// called from anywhere and cost nothing.
///
/// After ``start()``, ``stop()`` must be awaited before the last reference goes.
package final class AudioSystem: Sendable {
    package let configuration: AudioConfiguration

    /// From the audio thread; the media thread holds its consumer. ``encodedFramesReady`` is signalled after each.
    /// Of a slot, `slot.encodedFrame.pointee` is the header, `slot.payload` the packet.
    package let encodedFrames: SPSCRing
    /// The media thread watches its descriptor.
    package let encodedFramesReady: EventFD
    /// To the audio thread; the media thread holds its producer. No wake-up is needed: each mix looks into it.
    /// The header of a slot is written through `slot.receivedFrame.pointee`.
    package let receivedFrames: SPSCRing

    private let cells: AudioCells
    private let helper: DeviceHelper
    private let helperLoop: MediaLoop
    private let hasStarted = Atomic<Bool>(false)

    /// Takes the memory; nothing runs yet.
    /// - Parameter events: called on the helper's thread, in order; must not block.
    /// Throws when a device name or a parameter is malformed, or the process has no descriptor left.
    package init(
        configuration: AudioConfiguration, events: @escaping @Sendable (AudioEvent) -> Void
    ) throws(AudioError) {
        try configuration.check()
        self.configuration = configuration
        encodedFrames = SPSCRing(header: EncodedFrame.self, capacity: 128, payloadCapacity: AudioLimits.maximumPayload)
        receivedFrames = SPSCRing(
            header: ReceivedFrame.self, capacity: 1024, payloadCapacity: AudioLimits.maximumReceivedPayload)
        cells = AudioCells()
        do {
            encodedFramesReady = try EventFD()
            helperLoop = try MediaLoop(name: "zego-audio-dev")
            helper = try DeviceHelper(
                loop: helperLoop, configuration: configuration, cells: cells, encodedFrames: encodedFrames,
                encodedFramesReady: encodedFramesReady, receivedFrames: receivedFrames, events: events)
        } catch {
            throw .deviceUnusable(name: "eventfd", detail: "\(error)")
        }
    }

    /// Opens the devices and starts the audio thread; answers when both were tried. A device that cannot be opened is
    /// not an error: the call goes on without it, see ``AudioSnapshot/input``.
    package func start() async throws(AudioError) {
        do {
            try helperLoop.start()
        } catch {
            throw .deviceUnusable(name: "thread", detail: "\(error)")
        }
        hasStarted.store(true, ordering: .releasing)
        try await helper.start()
    }

    /// Stops publishers and players, completes files, closes the devices, ends both threads. May be called twice.
    package func stop() async {
        // Before the start, the helper's loop would keep the request waiting.
        if hasStarted.load(ordering: .acquiring) { await helper.stop() }
        await helperLoop.shutdown()
    }

    /// The handle of a publish channel, 0…3.
    package func publisher(_ channel: Int) -> AudioPublisher {
        precondition((0..<AudioLimits.publisherChannels).contains(channel))
        return AudioPublisher(channel: channel, helper: helper, cells: cells)
    }

    /// The handle of a player's slot, 0…49.
    package func player(_ slot: Int) -> AudioPlayer {
        precondition((0..<AudioLimits.playerSlots).contains(slot))
        return AudioPlayer(slot: slot, helper: helper, cells: cells)
    }

    /// Changes a device, also during a call; answers when it runs or was refused. What was refused is tried again
    /// every second, and sounds as silence until then. Throws only when no device can have that name.
    @discardableResult
    package func useDevice(_ name: String, for direction: AudioDirection) async throws(AudioError) -> AudioDeviceStatus
    {
        try await helper.useDevice(name, for: direction)
    }

    /// Changes what is done to the sound of an input that is a card, also during a call.
    package func setProcessing(_ processing: CaptureProcessing) async {
        await helper.setProcessing(processing)
    }

    /// Channels captured and channels of files that are written, 1 or 2 each: a device is opened anew where that changes.
    /// That of the output changes only while nothing is played.
    package func setChannels(input: Int, output: Int) async {
        await helper.setChannels(input: min(max(input, 1), 2), output: min(max(output, 1), 2))
    }

    /// Begins a recording; its sound comes from now on. Throws when the file cannot be made, and when
    /// ``AudioLimits/recordings`` are made already.
    package func startRecording(_ request: RecordingRequest) async throws(AudioError) -> AudioRecording {
        AudioRecording(slot: try await helper.startRecording(request), helper: helper)
    }

    /// 0…200, clamped: the gain of the input device.
    package func setCaptureVolume(_ volume: Int) {
        let volume = Int32(min(max(volume, 0), AudioLimits.maximumVolume))
        cells.system.pointee.captureVolume.store(volume, ordering: .relaxed)
    }

    /// While muted, publishers of the input device send silence.
    package func setMicrophoneMuted(_ isMuted: Bool) {
        cells.system.pointee.isMicrophoneMuted.store(isMuted, ordering: .relaxed)
    }

    /// While muted, the output device gets silence.
    package func setSpeakerMuted(_ isMuted: Bool) {
        cells.system.pointee.isSpeakerMuted.store(isMuted, ordering: .relaxed)
    }

    package var snapshot: AudioSnapshot {
        let statuses = helper.deviceStatuses
        let system = cells.system
        let wakeUps = system.pointee.wakeUps.load(ordering: .relaxed)
        let lateness = Double(system.pointee.wakeUpLatenessNanoseconds.load(ordering: .relaxed))
        return AudioSnapshot(
            input: statuses.input,
            output: statuses.output,
            isRealtime: system.pointee.isRealtime.load(ordering: .relaxed),
            periodMilliseconds: Double(configuration.periodFrames) / 48,
            isMicrophoneMuted: system.pointee.isMicrophoneMuted.load(ordering: .relaxed),
            isSpeakerMuted: system.pointee.isSpeakerMuted.load(ordering: .relaxed),
            capturedSoundLevel: Double(system.pointee.capturedSoundLevel.load(ordering: .relaxed)) / 100,
            inputXruns: system.pointee.inputXruns.load(ordering: .relaxed),
            outputXruns: system.pointee.outputXruns.load(ordering: .relaxed),
            heartbeat: system.pointee.heartbeat.load(ordering: .relaxed),
            captureDelay: AudioSystem.milliseconds(system.pointee.captureDelayMicroseconds),
            processingDelay: AudioSystem.milliseconds(system.pointee.processingDelayMicroseconds) ?? 0,
            playbackDelay: AudioSystem.milliseconds(system.pointee.playbackDelayMicroseconds),
            meanWakeUpLateness: wakeUps == 0 ? 0 : lateness / Double(wakeUps) / 1000,
            worstWakeUpLateness: Double(system.pointee.worstWakeUpLatenessNanoseconds.load(ordering: .relaxed)) / 1000,
            lateBlocks: system.pointee.lateBlocks.load(ordering: .relaxed),
            droppedEncodedFrames: system.pointee.droppedEncodedFrames.load(ordering: .relaxed),
            strayReceivedFrames: system.pointee.strayReceivedFrames.load(ordering: .relaxed),
            processorNanoseconds: system.pointee.processorNanoseconds.load(ordering: .relaxed))
    }

    /// Nil for what is not known.
    private static func milliseconds(_ cell: borrowing Atomic<Int>) -> Double? {
        let microseconds = cell.load(ordering: .relaxed)
        return microseconds == SystemCells.unknown ? nil : Double(microseconds) / 1000
    }
}
