/// How the kernel is to schedule a ``MediaLoop``'s thread. What is not allowed falls back to ``normal``.
package enum LoopScheduling: Hashable, Sendable {
    case normal
    /// A nice value, −20 (most often) to 19.
    case nice(Int32)
    /// SCHED_FIFO with a priority of 1–99.
    case fifo(Int32)
}
