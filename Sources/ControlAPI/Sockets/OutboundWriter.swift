import NIOCore

/// Writes to one connection no faster than its reader takes, and tells when the reader takes nothing any more.
///
/// Confined to the connection's event loop. The owner asks ``canWrite`` before each line and is told by `progress` when
/// to go on; so what waits for a slow reader waits in the owner's bounded queues.
final class OutboundWriter {
    /// Bytes on their way to the kernel over which the owner is to wait.
    private static let highWaterMark = 64 << 10
    /// Large lines go out in pieces of this size, so that a slow but living reader shows progress.
    private static let pieceSize = 16 << 10

    private let context: ChannelHandlerContext
    private let stall: TimeAmount
    private let progress: () -> Void
    private let stalled: () -> Void
    private var lastProgress: NIODeadline
    private var timer: Scheduled<Void>?
    private var isClosed = false
    /// Bytes that the kernel has not taken yet.
    private(set) var outstanding = 0

    /// - Parameters:
    ///   - stall: how long the reader may take nothing.
    ///   - progress: called when bytes have been taken.
    ///   - stalled: called once when the reader has taken nothing for that long.
    init(
        context: ChannelHandlerContext, stall: TimeAmount, progress: @escaping () -> Void,
        stalled: @escaping () -> Void
    ) {
        self.context = context
        self.stall = stall
        self.progress = progress
        self.stalled = stalled
        lastProgress = .now()
    }

    /// Whether the next line may be written.
    var canWrite: Bool { !isClosed && outstanding < Self.highWaterMark }

    /// Sends bytes; those of earlier calls go first.
    func write(_ bytes: [UInt8]) {
        guard !isClosed else { return }
        if outstanding == 0 { lastProgress = .now() }
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + Self.pieceSize)
            let count = end - start
            outstanding += count
            let written = context.eventLoop.makePromise(of: Void.self)
            written.futureResult.assumeIsolated().whenComplete { result in self.completed(count, result) }
            context.write(NIOAny(context.channel.allocator.buffer(bytes: bytes[start..<end])), promise: written)
            start = end
        }
        context.flush()
        startTimer()
    }

    /// To be called when the connection is gone.
    func close() {
        isClosed = true
        timer?.cancel()
        timer = nil
    }

    private func completed(_ count: Int, _ result: Result<Void, any Error>) {
        outstanding -= count
        guard !isClosed, case .success = result else { return }
        lastProgress = .now()
        if outstanding == 0 {
            timer?.cancel()
            timer = nil
        }
        progress()
    }

    private func startTimer() {
        guard timer == nil, outstanding > 0, !isClosed else { return }
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: lastProgress + stall) {
            self.timer = nil
            guard !self.isClosed, self.outstanding > 0 else { return }
            if NIODeadline.now() - self.lastProgress >= self.stall {
                self.stalled()
            } else {
                self.startTimer()
            }
        }
    }
}
