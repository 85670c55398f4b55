import Synchronization

/// What all workers know of one stream: who has listeners, and whose packets count. Read for every packet, so it is
/// nothing but atomics.
final class StreamRoute: Sendable {
    let key: StreamKey
    /// Names the stream in messages between workers.
    let number: UInt32
    /// A bit for every worker that has listeners.
    let interest = Atomic<UInt64>(0)
    /// The publication in force; packets of others (a publisher that was replaced) are not forwarded. 0: none.
    let source = Atomic<UInt64>(0)
    /// Packets are arriving.
    let isLive = Atomic<Bool>(false)

    init(key: StreamKey, number: UInt32) {
        self.key = key
        self.number = number
    }

    func addInterest(ofWorker index: Int) {
        interest.bitwiseOr(1 << UInt64(index), ordering: .relaxed)
    }

    func removeInterest(ofWorker index: Int) {
        interest.bitwiseAnd(~(1 << UInt64(index)), ordering: .relaxed)
    }

    /// Ends the publication `source`, unless another one has taken over already.
    func end(source ending: UInt64) {
        let (ended, _) = source.compareExchange(expected: ending, desired: 0, ordering: .relaxed)
        if ended { isLive.store(false, ordering: .relaxed) }
    }
}
