import Transport

/// A deadline of a ``MediaLoop``: fires once at or after its moment, on the loop's thread, until armed again.
///
/// Made by ``MediaLoop/makeTimer(_:)``; used on the loop's thread only. A state machine's `deadline` goes in here.
package final class LoopTimer {
    /// When it fires; ``MonotonicTime/distantFuture`` while disarmed.
    package private(set) var deadline = MonotonicTime.distantFuture
    let fire: @Sendable () -> Void

    init(fire: @escaping @Sendable () -> Void) {
        self.fire = fire
    }

    /// Fires at `deadline` instead of whenever it would have.
    package func arm(at deadline: MonotonicTime) {
        self.deadline = deadline
    }

    package func disarm() {
        deadline = .distantFuture
    }
}
