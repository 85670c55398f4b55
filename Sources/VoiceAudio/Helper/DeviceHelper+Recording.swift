import MediaIO

// Recordings: taps for the audio thread, files for the recording thread.
extension DeviceHelper {
    func startRecording(_ request: RecordingRequest) async throws(AudioError) -> Int {
        guard takesOrders else { throw .stopped }
        let taken = runningRecordings.union(beginningRecordings)
        guard let slot = (0..<AudioLimits.recordings).first(where: { !taken.contains($0) }) else {
            throw .invalidParameter(
                name: "recording", detail: "\(AudioLimits.recordings) recordings are made already; stop one of them")
        }
        beginningRecordings.insert(slot)
        defer { beginningRecordings.remove(slot) }
        let thread = try recordingThread()
        let tap = try await thread.begin(slot, request, channels: max(inputChannels, outputChannels))
        guard takesOrders else {
            try await thread.finish(slot)
            throw .stopped
        }
        runningRecordings.insert(slot)
        send(.setRecording(slot: slot, tap))
        return slot
    }

    /// Nothing happens when the slot records nothing.
    func stopRecording(slot: Int) async throws(AudioError) {
        guard runningRecordings.contains(slot) else { return }
        let isFirst = waiters[.recording(slot)] == nil
        if isFirst { send(.setRecording(slot: slot, nil)) }
        await comingBack(.recording(slot))
        guard isFirst else { return }
        defer { runningRecordings.remove(slot) }
        try await recording?.finish(slot)
    }

    /// The recording thread, started with the first recording.
    private func recordingThread() throws(AudioError) -> RecordingThread {
        if let recording { return recording }
        do {
            let thread = try RecordingThread(disk: diskThread()) { [events] slot, error in
                events(.recordingFailed(slot: slot, error: error))
            }
            try thread.loop.start()
            recording = thread
            return thread
        } catch {
            throw .deviceUnusable(name: "zego-record", detail: "\(error)")
        }
    }

    func endRecordings() async {
        for slot in runningRecordings { try? await stopRecording(slot: slot) }
        await recording?.loop.shutdown()
        recording = nil
    }

    // MARK: The disk

    /// Brings the files that players and the output write to the disk.
    func keepSinks() {
        let sinks = Array(playerSinks.values) + (output.hasFailed ? [] : output.sink.map { [$0] } ?? [])
        guard !sinks.isEmpty, let disk = diskThread() else { return }
        for sink in sinks { disk.keep(sink.output) }
    }

    /// Started with the first file. Nil when the process has no descriptor or thread for it: files are written all the same.
    private func diskThread() -> DiskThread? {
        if disk == nil { disk = try? DiskThread() }
        return disk
    }

    func endDisk() async {
        await disk?.loop.shutdown()
        disk = nil
    }
}
