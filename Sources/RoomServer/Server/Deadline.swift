/// Waits for work, but not for ever.
enum Deadline {
    /// Runs `work` and returns when it is done or when the time is up; then the work goes on by itself, cancelled.
    static func run(milliseconds: Int64, _ work: @escaping @Sendable () async -> Void) async {
        let (outcome, continuation) = AsyncStream.makeStream(of: Void.self)
        let working = Task {
            await work()
            continuation.yield()
        }
        let clock = Task {
            // Cancelled when the work is done first: nobody listens any more then.
            try? await Task.sleep(for: .milliseconds(milliseconds))
            continuation.yield()
        }
        for await _ in outcome { break }
        working.cancel()
        clock.cancel()
    }
}
