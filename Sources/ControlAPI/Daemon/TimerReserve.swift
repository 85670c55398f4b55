import Dispatch

/// libdispatch, under Swift's concurrency too, takes a file descriptor for each kind of clock when the first timer of that
/// kind is set, and ends the process when there is none. A daemon that runs out of them later is to live, so it sets one of
/// each at its start.
package enum TimerReserve {
    package static func take() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(1)) { continuation.resume() }
        }
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            DispatchQueue.global().asyncAfter(wallDeadline: .now() + .milliseconds(1)) { continuation.resume() }
        }
        try? await Task.sleep(for: .milliseconds(1), clock: .continuous)
        try? await Task.sleep(for: .milliseconds(1), clock: .suspending)
    }
}
