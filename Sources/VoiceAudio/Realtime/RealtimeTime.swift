import Transport

// Arithmetic of `MonotonicTime` for the audio thread. Its own operators live in another module, where the compiler
// cannot see in a debug build that they neither allocate nor lock; these are plain integer operations on its one
// field.
extension MonotonicTime {
    /// The moment `nanoseconds` later, or earlier when negative.
    @_noAllocation @_noLocks
    func later(by nanoseconds: Int64) -> MonotonicTime {
        var moment = self
        moment.nanoseconds &+= nanoseconds
        return moment
    }

    /// Nanoseconds from `moment` to this one.
    @_noAllocation @_noLocks
    func elapsed(since moment: MonotonicTime) -> Int64 {
        nanoseconds &- moment.nanoseconds
    }
}
