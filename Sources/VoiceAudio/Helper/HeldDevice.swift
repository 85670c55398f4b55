import Transport

/// A device that was asked for, as the helper sees it.
struct HeldDevice {
    let name: String
    /// The audio thread has a unit for it.
    var isInstalled = false
    /// What to close when the unit has come back.
    var pcm: AlsaPCM?
    /// What the name stood for when it was opened.
    var definition: String?
    /// What to empty and to complete.
    var sink: FileSink?
    /// The sink's file cannot be written any more.
    var hasFailed = false
    /// When to try again.
    var retryAt: MonotonicTime?

    init(name: String) {
        self.name = name
    }

    /// After the unit has come back.
    mutating func close() {
        pcm?.close()
        pcm = nil
        definition = nil
        sink = nil
        hasFailed = false
        isInstalled = false
    }
}
