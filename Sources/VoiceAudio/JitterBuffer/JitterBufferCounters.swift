/// What a ``JitterBuffer`` has counted since it was made.
package struct JitterBufferCounters: BitwiseCopyable {
    package var received = 0
    package var late = 0
    package var duplicated = 0
    package var malformed = 0
    /// Never there when its turn came, and not brought back.
    package var lost = 0
    package var recovered = 0
    /// Skipped to catch up.
    package var skipped = 0
    package var restarts = 0
}
