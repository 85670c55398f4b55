import FoundationEssentials
import Glibc
import Synchronization
package import Testing

/// For tests against a real clock. What fails while the machine itself stood still is tried again; what fails so in every
/// try is a known issue, said aloud (and in the file that contrib/test prints at its end), and no failure. On a machine that
/// keeps time nothing is forgiven, and nowhere is a thrown error of the last try: a wait that ran out, a refused call, a call
/// in which nothing of what was said is heard.
package struct RealTimeTrait: TestTrait, SuiteTrait, TestScoping {
    private static let tries = 3

    package var isRecursive: Bool { true }

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        for number in 1...Self.tries {
            let watch = StallWatch()
            defer { watch.end() }
            let forgiven = Atomic<Bool>(false)
            try await withKnownIssue("the machine stood still", isIntermittent: true) {
                try await function()
            } matching: { issue in
                guard watch.stoodStill else { return false }
                if number == Self.tries {
                    guard case .expectationFailed = issue.kind else { return false }
                }
                forgiven.store(true, ordering: .relaxed)
                return true
            }
            guard forgiven.load(ordering: .relaxed) else { return }
            Self.say(
                number == Self.tries
                    ? "*** NOT TESTED: \(test.name): the machine stood still for \(watch.worstMilliseconds) ms.\n"
                    : "\(test.name): the machine stood still for \(watch.worstMilliseconds) ms; once more.\n",
                isFinal: number == Self.tries)
        }
    }

    private static func say(_ line: String, isFinal: Bool) {
        _ = line.withCString { write(2, $0, strlen($0)) }
        guard isFinal, let path = ProcessInfo.processInfo.environment["ZEGO_RIG_SKIPS"], let file = fopen(path, "a")
        else { return }
        fputs(line, file)
        fclose(file)
    }
}

extension Trait where Self == RealTimeTrait {
    /// See ``RealTimeTrait``.
    package static var realTime: Self { RealTimeTrait() }
}
