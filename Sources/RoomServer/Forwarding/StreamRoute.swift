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
    /// Its publisher is one that can be told what the listeners' lines take.
    let takesEstimates = Atomic<Bool>(false)
    /// By worker: a ``ListenerTally``.
    private let tallies: InlineArray<64, Atomic<UInt64>>

    init(key: StreamKey, number: UInt32) {
        self.key = key
        self.number = number
        tallies = InlineArray { _ in Atomic<UInt64>(0) }
    }

    /// What a worker says of its listeners.
    func setTally(_ tally: ListenerTally, ofWorker index: Int) {
        tallies[index].store(tally.word, ordering: .relaxed)
    }

    /// What all workers say of their listeners. Not for every packet.
    var tally: ListenerTally {
        var sum = ListenerTally()
        var workers = interest.load(ordering: .relaxed)
        while workers != 0 {
            let worker = workers.trailingZeroBitCount
            workers &= workers - 1
            let tally = ListenerTally(word: tallies[worker].load(ordering: .relaxed))
            sum.count += tally.count
            if let ask = tally.ask { sum.ask = min(sum.ask ?? .max, ask) }
        }
        return sum
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
