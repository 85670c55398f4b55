import MediaIO

/// Brings files that are being written to the disk, so that a machine that loses its power loses seconds of them and not
/// minutes: a thread of its own (`zego-disk`), for a disk may take long over it, and neither recordings nor devices wait.
actor DiskThread {
    nonisolated let loop: MediaLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Starts the thread.
    init() throws(SocketError) {
        loop = try MediaLoop(name: "zego-disk")
        try loop.start()
    }

    /// Asks for a file to be brought to the disk, unless it was asked for and is not done yet.
    nonisolated func keep(_ file: OutputFile) {
        guard file.beginsSynchronising() else { return }
        Task { await self.synchronise(file) }
    }

    private func synchronise(_ file: OutputFile) { file.synchronise() }
}
