import Glibc
import MediaIO
import Synchronization
import Transport

/// Does for the audio thread what may block or allocate: opens, closes and retries devices, makes and frees encoders
/// and players, reads and writes files, tells events.
///
/// It lives on a loop of its own (`zego-audio-dev`), so that a sound server that takes seconds to answer holds up
/// nobody. What it makes it hands to the audio thread as a command, by pointer, and frees when it comes back as a
/// result: at any time one of the two owns it. Commands are few, and their ring is long; should it ever be full, they
/// wait here.
actor DeviceHelper {
    private static let housekeeping: Int64 = 100_000_000
    private static let retryPause: Int64 = 1_000_000_000
    /// Of housekeeping, a second: then files are brought to the disk, and ALSA's configuration is looked at.
    private static let roundsPerSecond = 10

    nonisolated let loop: MediaLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    let configuration: AudioConfiguration
    let cells: AudioCells
    let events: @Sendable (AudioEvent) -> Void
    let complexity: Int

    private let commands = SPSCRing(header: AudioCommand.self, capacity: 256, payloadCapacity: 0)
    private let results = SPSCRing(header: AudioResult.self, capacity: 256, payloadCapacity: 0)
    private let resultsReady: EventFD
    private let thread: AudioThread
    private var waitingCommands: [AudioCommand] = []
    private var timer: LoopTimer?
    var isRunning = false
    private var isStopping = false
    /// Neither before the start nor from the stop on is anything begun.
    var takesOrders: Bool { isRunning && !isStopping }

    var input: HeldDevice
    var output: HeldDevice
    private let statuses: Mutex<(input: AudioDeviceStatus, output: AudioDeviceStatus)>

    var runningPublishers: Set<Int> = []
    var runningPlayers: Set<Int> = []
    var playerSinks: [Int: FileSink] = [:]
    /// Those whose file failed while their player goes on: its tap still points into their ring.
    private var failedSinks: [Int: FileSink] = [:]
    /// Who waits for something to come back from the audio thread.
    var waiters: [Returnable: [CheckedContinuation<Void, Never>]] = [:]
    private var xruns = XrunWatch()
    var definitions = DefinitionWatch()

    var inputChannels: Int
    var outputChannels: Int
    var processing: CaptureProcessing
    /// What the audio thread has, and how many processors are with it altogether.
    var installedProcessor: ProcessorKey?
    var lentProcessors = 0
    var recording: RecordingThread?
    var disk: DiskThread?
    private var rounds = 0
    /// Slots whose file is being made, and those that the audio thread has a tap for.
    var beginningRecordings: Set<Int> = []
    var runningRecordings: Set<Int> = []

    init(
        loop: MediaLoop, configuration: AudioConfiguration, cells: AudioCells, encodedFrames: SPSCRing,
        encodedFramesReady: EventFD, receivedFrames: SPSCRing,
        events: @escaping @Sendable (AudioEvent) -> Void
    ) throws {
        self.loop = loop
        self.configuration = configuration
        self.cells = cells
        self.events = events
        // On one slow processor the last decibels of quality would cost the call's regularity.
        complexity = configuration.complexity ?? (sysconf(Int32(_SC_NPROCESSORS_ONLN)) > 1 ? 9 : 5)
        inputChannels = configuration.inputChannels
        outputChannels = configuration.outputChannels
        processing = configuration.processing
        resultsReady = try EventFD()
        thread = AudioThread(
            cells: cells, commands: commands, results: results, resultsReady: resultsReady, received: receivedFrames,
            encoded: encodedFrames, encodedReady: encodedFramesReady, outputChannels: configuration.outputChannels,
            block: configuration.blockFrames)
        input = HeldDevice(name: configuration.input)
        output = HeldDevice(name: configuration.output)
        statuses = Mutex(
            (
                AudioDeviceStatus(direction: .input, deviceID: configuration.input, state: .closed),
                AudioDeviceStatus(direction: .output, deviceID: configuration.output, state: .closed)
            ))
    }

    // MARK: Life

    func start() throws(AudioError) {
        precondition(!isRunning, "an AudioSystem starts once")
        do {
            try loop.watch(resultsReady.descriptor) { [weak self] in
                self?.assumeIsolated { $0.takeResults() }
            }
        } catch {
            throw .deviceUnusable(name: "eventfd", detail: "\(error)")
        }
        // Asked for only together with realtime: without that, a page fault is the least of the delays.
        if configuration.realtimePriority > 0 {
            let code = AudioThread.lockMemory()
            if code != 0 { events(.audioThread(.memoryNotLocked(code: code))) }
        }
        let refusal = try thread.start(priority: configuration.realtimePriority)
        isRunning = true
        if refusal != 0 { events(.audioThread(.realtimeRefused(code: refusal))) }
        openInput()
        openOutput()
        let timer = loop.makeTimer { [weak self] in
            self?.assumeIsolated { $0.keepHouse() }
        }
        self.timer = timer
        timer.arm(at: MonotonicTime.now().advanced(byNanoseconds: DeviceHelper.housekeeping))
    }

    func stop() async {
        guard isRunning else { return }
        guard !isStopping else { return await comingBack(.everything) }
        isStopping = true
        for channel in runningPublishers { await stopPublisher(channel: channel) }
        for slot in runningPlayers { await stopPlayer(slot: slot) }
        await endRecordings()
        await closeInput()
        await closeOutput()
        await endDisk()
        await takeBackProcessor()
        isRunning = false
        tellState(.input, .closed, nil)
        tellState(.output, .closed, nil)
        timer.map { loop.removeTimer($0) }
        timer = nil
        thread.stopAndJoin()
        takeResults()
        loop.unwatch(resultsReady.descriptor)
        cameBack(.everything)
    }

    nonisolated var deviceStatuses: (input: AudioDeviceStatus, output: AudioDeviceStatus) {
        statuses.withLock { $0 }
    }

    // MARK: Devices

    func useDevice(_ name: String, for direction: AudioDirection) async throws(AudioError) -> AudioDeviceStatus {
        _ = try AudioDeviceName(name, for: direction)
        guard takesOrders else { throw .stopped }
        switch direction {
        case .input:
            await closeInput()
            guard takesOrders else { throw .stopped }
            input = HeldDevice(name: name)
            openInput()
        case .output:
            await closeOutput()
            guard takesOrders else { throw .stopped }
            output = HeldDevice(name: name)
            openOutput()
        }
        let statuses = deviceStatuses
        return direction == .input ? statuses.input : statuses.output
    }

    /// Makes the input device and hands it over, or notes why not.
    func openInput() {
        do {
            if let made = try InputDevice.open(input.name, configuration, channels: inputChannels) {
                let unit = UnsafeMutablePointer<CaptureUnit>.allocate(capacity: 1)
                input.pcm = made.pcm
                if made.pcm != nil { input.definition = DefinitionWatch.definition(of: input.name) }
                unit.initialize(to: made.takeUnit())
                send(.setCapture(unit))
                input.isInstalled = true
                updateProcessor()
            }
            input.retryAt = nil
            tellState(.input, .running, nil)
        } catch {
            failed(.input, error)
        }
    }

    func openOutput() {
        do {
            if let made = try OutputDevice.open(output.name, configuration, channels: outputChannels) {
                let unit = UnsafeMutablePointer<PlaybackUnit>.allocate(capacity: 1)
                output.pcm = made.pcm
                if made.pcm != nil { output.definition = DefinitionWatch.definition(of: output.name) }
                output.sink = made.sink
                unit.initialize(to: made.takeUnit())
                send(.setPlayback(unit))
                output.isInstalled = true
                updateProcessor()
            }
            output.retryAt = nil
            tellState(.output, .running, nil)
        } catch {
            failed(.output, error)
        }
    }

    /// Answers when there is no input any more: several may wait for the same one, and the first of them to go on opens
    /// another.
    func closeInput() async {
        while input.isInstalled {
            if waiters[.capture] == nil { send(.setCapture(nil)) }
            await comingBack(.capture)
        }
        input.retryAt = nil
    }

    /// The same for the output.
    func closeOutput() async {
        while output.isInstalled {
            if waiters[.playback] == nil { send(.setPlayback(nil)) }
            await comingBack(.playback)
        }
        output.retryAt = nil
    }

    /// Notes that a device does not work, and when to try again. A file that cannot be written is not tried again:
    /// that would begin it anew.
    private func failed(_ direction: AudioDirection, _ error: AudioError, wasRunning: Bool = false) {
        let retry = MonotonicTime.now().advanced(byNanoseconds: DeviceHelper.retryPause)
        switch direction {
        case .input: input.retryAt = retry
        case .output: output.retryAt = wasRunning && output.sink != nil ? nil : retry
        }
        // While it stays away it stays lost, whatever the retries say.
        let statuses = deviceStatuses
        let former = direction == .input ? statuses.input : statuses.output
        let state: AudioDeviceState = wasRunning || former.state == .lost ? .lost : .failed
        tellState(direction, state, error)
    }

    /// Tells a state if it is another one than before.
    private func tellState(_ direction: AudioDirection, _ state: AudioDeviceState, _ error: AudioError?) {
        let name = direction == .input ? input.name : output.name
        let status = AudioDeviceStatus(direction: direction, deviceID: name, state: state, error: error)
        let isNews = statuses.withLock { statuses in
            let former = direction == .input ? statuses.input : statuses.output
            if direction == .input { statuses.input = status } else { statuses.output = status }
            return former.state != state || former.deviceID != name
        }
        if isNews { events(.deviceState(status)) }
    }

    /// Tells that a device runs that is another one than before under the same name.
    func tellReplaced(_ direction: AudioDirection) {
        let statuses = deviceStatuses
        var status = direction == .input ? statuses.input : statuses.output
        guard status.state == .running else { return }
        status.note = "\"\(status.deviceID)\" stands for another device than before"
        events(.deviceState(status))
    }

    // MARK: The audio thread's results

    private func takeResults() {
        resultsReady.take()
        let consumer = results.consumer
        while let slot = consumer.peek() {
            let result = slot.result.pointee
            consumer.release()
            take(result)
        }
        flushCommands()
    }

    private func take(_ result: AudioResult) {
        switch result {
        case .publisher(let channel, let pipeline):
            pipeline.deinitialize(count: 1)
            pipeline.deallocate()
            runningPublishers.remove(channel)
            cameBack(.publisher(channel))
        case .player(let slot, let pipeline):
            pipeline.deinitialize(count: 1)
            pipeline.deallocate()
            runningPlayers.remove(slot)
            failedSinks[slot] = nil
            if let sink = playerSinks.removeValue(forKey: slot) {
                do { try sink.finish() } catch { events(.sinkFailed(slot: slot, error: error)) }
                disk?.keep(sink.output)
            }
            cameBack(.player(slot))
        case .capture(let unit, let code):
            unit.deinitialize(count: 1)
            unit.deallocate()
            // Told first: with a sound server that hangs, closing takes until it answers.
            if code != 0 { lost(.input, input.name, code) }
            input.close()
            updateProcessor()
            cameBack(.capture)
        case .playback(let unit, let code):
            unit.deinitialize(count: 1)
            unit.deallocate()
            do { try output.sink?.finish() } catch { failed(.output, error, wasRunning: true) }
            if code != 0 { lost(.output, output.name, code) }
            output.close()
            updateProcessor()
            cameBack(.playback)
        case .processor(let processor):
            processor.deinitialize(count: 1)
            processor.deallocate()
            lentProcessors -= 1
            cameBack(.processor)
        case .recording(let slot):
            cameBack(.recording(slot))
        case .sourceEnded(let channel):
            events(.sourceEnded(channel: channel))
        }
    }

    private func lost(_ direction: AudioDirection, _ name: String, _ code: Int32) {
        let detail = code == CardPacing.standsStill ? "it stands still" : String(cString: strerror(-code))
        failed(direction, .deviceUnusable(name: name, detail: detail), wasRunning: true)
    }

    func comingBack(_ what: Returnable) async {
        await withCheckedContinuation { waiters[what, default: []].append($0) }
    }

    private func cameBack(_ what: Returnable) {
        for waiter in waiters.removeValue(forKey: what) ?? [] { waiter.resume() }
    }

    func send(_ command: AudioCommand) {
        waitingCommands.append(command)
        flushCommands()
    }

    private func flushCommands() {
        let producer = commands.producer
        while let command = waitingCommands.first, let slot = producer.reserve() {
            slot.command.pointee = command
            producer.commit()
            waitingCommands.removeFirst()
        }
    }

    // MARK: Ten times a second

    private func keepHouse() {
        let now = MonotonicTime.now()
        timer?.arm(at: now.advanced(byNanoseconds: DeviceHelper.housekeeping))
        flushCommands()
        for (slot, sink) in playerSinks {
            do {
                try sink.drain()
            } catch {
                // The audio thread goes on filling a ring that nobody empties: that costs nothing.
                playerSinks[slot] = nil
                failedSinks[slot] = sink
                events(.sinkFailed(slot: slot, error: error))
            }
        }
        if let sink = output.sink, !output.hasFailed {
            do {
                try sink.drain()
            } catch {
                output.hasFailed = true
                failed(.output, error, wasRunning: true)
            }
        }
        rounds += 1
        if rounds % DeviceHelper.roundsPerSecond == 0 {
            keepSinks()
            checkDefinitions()
        }
        if let retry = input.retryAt, now >= retry, !input.isInstalled, takesOrders { openInput() }
        if let retry = output.retryAt, now >= retry, !output.isInstalled, takesOrders { openOutput() }
        let system = cells.system
        let total =
            system.pointee.inputXruns.load(ordering: .relaxed) + system.pointee.outputXruns.load(ordering: .relaxed)
        if let problem = xruns.update(total: total, now: now) { events(.audioThread(problem)) }
    }
}
