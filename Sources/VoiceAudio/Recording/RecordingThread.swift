import MediaIO
import Transport

/// Where recordings are mixed, encoded and written: a thread of their own (`zego-record`), so that neither a slow disk nor
/// a sound server that does not answer holds up the other.
actor RecordingThread {
    /// How often files are brought up to date: what a killed process has recorded is lost for so long at most.
    private static let interval: Int64 = 200_000_000

    nonisolated let loop: MediaLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Every so many times they are brought to the disk: once a second.
    private static let drainsToDisk = 5

    private let failed: @Sendable (Int, AudioError) -> Void
    private let disk: DiskThread?
    private var drains = 0
    private var recordings: [Int: Recording] = [:]
    /// Those whose file cannot be written any more: the audio thread still writes into their rings.
    private var failures: [Int: AudioError] = [:]
    private var timer: LoopTimer?

    /// - Parameters:
    ///   - disk: brings the files to the disk.
    ///   - failed: told once for each recording that cannot be written any more.
    init(disk: DiskThread?, failed: @escaping @Sendable (Int, AudioError) -> Void) throws(SocketError) {
        loop = try MediaLoop(name: "zego-record")
        self.disk = disk
        self.failed = failed
    }

    /// Makes the file; what the audio thread is to be given.
    func begin(_ slot: Int, _ request: RecordingRequest, channels: Int) throws(AudioError) -> RecordingTap {
        let recording = try Recording(request, channels: channels)
        recordings[slot] = recording
        if timer == nil {
            timer = loop.makeTimer { [weak self] in
                self?.assumeIsolated { $0.drain() }
            }
        }
        timer?.arm(at: MonotonicTime.now().advanced(byNanoseconds: RecordingThread.interval))
        return recording.tap
    }

    /// Completes the file, after the audio thread has let go of the tap. Throws what keeps it from being complete.
    func finish(_ slot: Int) throws(AudioError) {
        let recording = recordings.removeValue(forKey: slot)
        if let failure = failures.removeValue(forKey: slot) { throw failure }
        try recording?.finish()
        if let recording { disk?.keep(recording.output) }
    }

    private func drain() {
        drains += 1
        for (slot, recording) in recordings where failures[slot] == nil {
            do {
                try recording.drain()
                if drains % RecordingThread.drainsToDisk == 0 { disk?.keep(recording.output) }
            } catch {
                failures[slot] = error
                failed(slot, error)
            }
        }
        if recordings.isEmpty {
            timer.map { loop.removeTimer($0) }
            timer = nil
        } else {
            timer?.arm(at: MonotonicTime.now().advanced(byNanoseconds: RecordingThread.interval))
        }
    }
}
