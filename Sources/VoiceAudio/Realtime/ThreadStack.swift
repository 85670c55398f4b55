import Glibc

/// A thread's stack whose pages are in memory before the thread starts, with a page below that stops an overflow.
final class ThreadStack {
    let start: UnsafeMutableRawPointer
    let count: Int
    private let mapping: UnsafeMutableRawPointer
    private let guardBytes: Int

    /// Nil when there is no memory. `bytes` is a multiple of the page size.
    init?(bytes: Int) {
        guardBytes = sysconf(Int32(_SC_PAGESIZE))
        let protection = PROT_READ | PROT_WRITE
        guard let mapping = mmap(nil, bytes + guardBytes, protection, MAP_PRIVATE | Int32(MAP_ANONYMOUS), -1, 0),
            mapping != MAP_FAILED
        else { return nil }
        self.mapping = mapping
        start = mapping + guardBytes
        count = bytes
        mprotect(mapping, guardBytes, PROT_NONE)
        memset(start, 0, count)
        // As far as it is allowed; that it is not is told elsewhere.
        mlock(start, count)
    }

    deinit {
        munmap(mapping, count + guardBytes)
    }
}
