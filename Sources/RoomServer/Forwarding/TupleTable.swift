import Synchronization
import WebRTC

/// Which worker owns the session behind a pair of addresses that ICE has validated: for datagrams that the kernel gave
/// to another worker's socket. A worker asks it only for tuples that are not its own, so the lock is rarely wanted by two.
final class TupleTable: Sendable {
    private let owners = Mutex<[TransportTuple: Int]>([:])

    func worker(of tuple: TransportTuple) -> Int? {
        owners.withLock { $0[tuple] }
    }

    func set(_ tuple: TransportTuple, worker: Int) {
        owners.withLock { $0[tuple] = worker }
    }

    /// Forgets the tuple if it still belongs to `worker`.
    func remove(_ tuple: TransportTuple, worker: Int) {
        owners.withLock { owners in
            if owners[tuple] == worker { owners[tuple] = nil }
        }
    }
}
