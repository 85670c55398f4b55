/// State by SSRC in one block of memory: a hash table with open addressing that allocates only when it grows, which is
/// when an SSRC is new, never per packet.
///
/// `State` is a plain value; one entry costs its stride plus eight bytes.
struct SourceTable<State: BitwiseCopyable>: ~Copyable {
    private struct Entry: BitwiseCopyable {
        var ssrc: UInt32
        /// Unused entries have none. Counts lookups, so that the entry used longest ago can be found.
        var lastUse: UInt32
        var state: State
    }

    private var entries: UnsafeMutableBufferPointer<Entry>
    private var count = 0
    private var clock: UInt32 = 1
    private let maximumCount: Int

    /// - Parameter maximumCount: when an SSRC more than that comes, the older half is forgotten.
    init(maximumCount: Int = .max) {
        self.maximumCount = maximumCount
        entries = .allocate(capacity: 0)
    }

    deinit {
        entries.deallocate()
    }

    /// The state of an SSRC; nil if it is new. Valid until the next ``insert(_:_:)``.
    mutating func find(_ ssrc: UInt32) -> UnsafeMutablePointer<State>? {
        guard let index = index(of: ssrc), entries[index].lastUse != 0 else { return nil }
        entries[index].lastUse = tick()
        return state(at: index)
    }

    /// Adds an SSRC that ``find(_:)`` did not find.
    mutating func insert(_ ssrc: UInt32, _ state: State) {
        if count >= maximumCount { forgetOlderHalf() }
        // At most three quarters full, so that searches stay short and always end.
        if 4 * (count + 1) > 3 * entries.count { rebuild(capacity: max(4, entries.count * 2)) { _ in true } }
        guard let index = index(of: ssrc) else { return }
        entries[index] = Entry(ssrc: ssrc, lastUse: tick(), state: state)
        count += 1
    }

    /// Where the SSRC is or would go; nil only while there is no memory at all.
    private func index(of ssrc: UInt32) -> Int? {
        guard !entries.isEmpty else { return nil }
        let mask = entries.count - 1
        var index = Int((ssrc &* 0x9E37_79B1) >> 16) & mask
        while entries[index].lastUse != 0, entries[index].ssrc != ssrc { index = (index + 1) & mask }
        return index
    }

    private func state(at index: Int) -> UnsafeMutablePointer<State>? {
        guard let base = entries.baseAddress, let offset = MemoryLayout<Entry>.offset(of: \.state) else { return nil }
        return (UnsafeMutableRawPointer(base + index) + offset).assumingMemoryBound(to: State.self)
    }

    private mutating func tick() -> UInt32 {
        clock &+= 1
        // Ages are only compared to forget the older half; after a wrap all are equally old.
        if clock == 0 {
            for index in entries.indices where entries[index].lastUse != 0 { entries[index].lastUse = 1 }
            clock = 2
        }
        return clock
    }

    private mutating func forgetOlderHalf() {
        let uses = entries.filter { $0.lastUse != 0 }.map(\.lastUse).sorted()
        let median = uses[uses.count / 2]
        rebuild(capacity: entries.count) { $0.lastUse >= median }
    }

    private mutating func rebuild(capacity: Int, keeping: (Entry) -> Bool) {
        let old = entries
        entries = .allocate(capacity: capacity)
        UnsafeMutableRawBufferPointer(entries).initializeMemory(as: UInt8.self, repeating: 0)
        count = 0
        for entry in old where entry.lastUse != 0 && keeping(entry) {
            guard let index = index(of: entry.ssrc) else { continue }
            entries[index] = entry
            count += 1
        }
        old.deallocate()
    }
}
