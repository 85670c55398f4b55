/// What a ``JitterBuffer`` has counted since it was made.
struct JitterBufferCounters: BitwiseCopyable {
    var received = 0
    var late = 0
    var duplicated = 0
    var malformed = 0
    /// Never there when its turn came, and not brought back.
    var lost = 0
    var recovered = 0
    /// Skipped to catch up.
    var skipped = 0
    var restarts = 0
}
