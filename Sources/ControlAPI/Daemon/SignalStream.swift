import Dispatch
import Glibc
import Synchronization

/// Signals of this process, in the order in which they come, from the moment it is made.
package final class SignalStream: Sendable {
    /// The numbers of the signals.
    package let stream: AsyncStream<CInt>
    private let sources: Mutex<[any DispatchSourceSignal]>

    /// - Parameter signals: what is caught; nothing else happens on them.
    package init(_ signals: [CInt]) {
        let (stream, continuation) = AsyncStream.makeStream(of: CInt.self)
        self.stream = stream
        let queue = DispatchQueue(label: "signals")
        sources = Mutex(
            signals.map { number in
                let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
                source.setEventHandler { continuation.yield(number) }
                source.activate()
                return source
            })
    }

    deinit {
        sources.withLock { for source in $0 { source.cancel() } }
    }
}
