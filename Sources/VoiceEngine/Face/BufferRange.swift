/// The bounds of a player's jitter buffer, `setPlayStreamBufferIntervalRange`: 0–4000 ms each, clamped.
package struct BufferRange: Sendable, Equatable {
    package let minMs: Int
    package let maxMs: Int

    package init(minMs: Int, maxMs: Int) {
        self.minMs = min(max(minMs, 0), 4000)
        self.maxMs = min(max(maxMs, self.minMs), 4000)
    }
}
