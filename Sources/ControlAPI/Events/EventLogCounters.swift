/// What the event log counts since its start.
package struct EventLogCounters: Sendable, Equatable {
    /// Reliable events.
    package var reliable: UInt64 = 0
    /// Volatile events.
    package var volatile: UInt64 = 0
    /// Reliable events that readers lost by falling behind (each was told by `overflow`); of readers that have gone.
    package var dropped: UInt64 = 0
    /// Readers now.
    package var readers = 0
    /// Events that wait for readers now.
    package var queuedLines = 0

    mutating func count(isReliable: Bool) {
        if isReliable { reliable += 1 } else { volatile += 1 }
    }
}
