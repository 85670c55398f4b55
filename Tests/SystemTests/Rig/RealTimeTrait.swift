import FoundationEssentials
import Glibc
import StallWatch
import Testing

/// For tests against a real clock: what fails while the machine itself stood still is a known issue, said aloud (and in
/// the file that contrib/test prints at its end), and no failure; on a machine that keeps time nothing is forgiven.
struct RealTimeTrait: TestTrait, SuiteTrait, TestScoping {
    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let watch = StallWatch()
        defer { watch.end() }
        try await withKnownIssue("the machine stood still", isIntermittent: true) {
            try await function()
        } matching: { issue in
            // A judgement may be forgiven; a wait that ran out or a refused call may not.
            guard case .expectationFailed = issue.kind, watch.stoodStill else { return false }
            Self.say("\(test.name): the machine stood still for \(watch.worstMilliseconds) ms")
            return true
        }
    }

    private static func say(_ text: String) {
        let line = "*** NOT TESTED: \(text).\n"
        _ = line.withCString { write(2, $0, strlen($0)) }
        guard let path = ProcessInfo.processInfo.environment["ZEGO_RIG_SKIPS"], let file = fopen(path, "a") else {
            return
        }
        fputs(line, file)
        fclose(file)
    }
}

extension Trait where Self == RealTimeTrait {
    static var realTime: Self { RealTimeTrait() }
}
