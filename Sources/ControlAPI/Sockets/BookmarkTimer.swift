import NIOCore

/// Puts a bookmark on a subscription's line after a while without any other line. Confined to one event loop.
final class BookmarkTimer {
    private let eventLoop: any EventLoop
    private let silence: TimeAmount
    private let isDue: () -> Void
    private var lastLine: NIODeadline = .now()
    private var timer: Scheduled<Void>?

    /// - Parameter isDue: called whenever there was no line for `silence`.
    init(eventLoop: any EventLoop, silence: TimeAmount, isDue: @escaping () -> Void) {
        self.eventLoop = eventLoop
        self.silence = silence
        self.isDue = isDue
    }

    /// Begins to watch.
    func start() {
        lastLine = .now()
        schedule()
    }

    /// A line was written.
    func lineWritten() {
        lastLine = .now()
    }

    /// Ends watching.
    func stop() {
        timer?.cancel()
        timer = nil
    }

    private func schedule() {
        timer?.cancel()
        timer = eventLoop.assumeIsolated().scheduleTask(deadline: lastLine + silence) {
            if NIODeadline.now() - self.lastLine >= self.silence {
                self.lastLine = .now()
                self.isDue()
            }
            if self.timer != nil { self.schedule() }
        }
    }
}
