/// Runs a daemon's work at the ordinary priority.
package enum DaemonTask {
    /// Runs `body` in a task of medium priority and gives back what it throws.
    ///
    /// The main task of a program has a raised priority, which everything that it starts or awaits inherits; libdispatch
    /// then tries to raise its threads, and complains on standard error where it may not.
    package static func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
        // A continuation, not `await task.value`: that would raise the task to the awaiting one's priority.
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            Task.detached(priority: .medium) {
                do {
                    try await body()
                    continuation.resume()
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }
}
