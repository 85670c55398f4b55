/// Where packets wait for their turn, found by their sequence number: a table of slots over one ring of bytes, all of
/// it taken at the start.
///
/// Bytes are put down one packet after the other, round and round. `written` counts all bytes ever put down, so a
/// packet is still whole as long as less than the ring's length has been written since its first byte; nothing is ever
/// freed.
struct PacketStore: ~Copyable {
    /// Sequence numbers in a row that it tells apart: 5 s of 5 ms frames.
    static var capacity: Int { @_noAllocation @_noLocks get { 1024 } }
    /// Bytes; 4 s at the 510 kb/s that Opus makes at most.
    private static var room: Int { 256 * 1024 }
    /// What is to be free in both for the packets that come until one is played.
    private static var spareSlots: Int64 { 32 }
    private static var spareBytes: Int64 { 16 * 1024 }

    private struct Slot: BitwiseCopyable {
        var sequence: Int64 = -1
        var timestamp: Int64 = 0
        var offset: Int64 = 0
        var duration: Int32 = 0
        var length: Int32 = 0
        var isRedundant = false
        var isPlayed = false
    }

    private let slots: UnsafeMutablePointer<Slot>
    private let bytes: UnsafeMutableRawPointer
    private var written: Int64 = 0

    init() {
        slots = .allocate(capacity: PacketStore.capacity)
        slots.initialize(repeating: Slot(), count: PacketStore.capacity)
        bytes = .allocate(byteCount: PacketStore.room, alignment: 16)
        bytes.initializeMemory(as: UInt8.self, repeating: 0, count: PacketStore.room)
    }

    deinit {
        slots.deallocate()
        bytes.deallocate()
    }

    /// Keeps a packet in place of whatever its slot held. The payload is at most ``AudioLimits/maximumReceivedPayload`` bytes.
    @_noAllocation @_noLocks
    mutating func insert(
        sequence: Int64, timestamp: Int64, duration: Int, isRedundant: Bool, payload: UnsafeRawBufferPointer
    ) {
        guard let source = payload.baseAddress, payload.count <= AudioLimits.maximumReceivedPayload else { return }
        let room = Int64(PacketStore.room)
        let tail = room - written % room
        if tail < Int64(payload.count) { written += tail }
        copyBytes(bytes + Int(written % room), source, payload.count)
        slots[index(sequence)] = Slot(
            sequence: sequence, timestamp: timestamp, offset: written, duration: Int32(duration),
            length: Int32(payload.count), isRedundant: isRedundant)
        written += Int64(payload.count)
    }

    /// The packet with this sequence number, if it waits here.
    @_noAllocation @_noLocks
    func packet(_ sequence: Int64) -> StoredPacket? {
        let slot = slots[index(sequence)]
        guard slot.sequence == sequence, !slot.isPlayed, written <= slot.offset + Int64(PacketStore.room) else {
            return nil
        }
        let start = UnsafeRawPointer(bytes) + Int(slot.offset % Int64(PacketStore.room))
        return StoredPacket(
            sequence: sequence, timestamp: slot.timestamp, duration: Int(slot.duration), isRedundant: slot.isRedundant,
            payload: UnsafeRawBufferPointer(start: start, count: Int(slot.length)))
    }

    /// The first packet of `sequences` that waits here.
    @_noAllocation @_noLocks
    func first(from lower: Int64, through upper: Int64) -> StoredPacket? {
        var sequence = max(lower, upper - Int64(PacketStore.capacity) + 1)
        while sequence <= upper {
            if let packet = packet(sequence) { return packet }
            sequence += 1
        }
        return nil
    }

    /// Whether the packets up to `highest` are about to push out `oldest`, which waits here.
    @_noAllocation @_noLocks
    func isFull(oldest: StoredPacket, highest: Int64) -> Bool {
        let slot = slots[index(oldest.sequence)]
        return highest - oldest.sequence > Int64(PacketStore.capacity) - PacketStore.spareSlots
            || written - slot.offset > Int64(PacketStore.room) - PacketStore.spareBytes
    }

    /// Takes the packet out and remembers that it was here, to know its duplicates.
    @_noAllocation @_noLocks
    mutating func markPlayed(_ sequence: Int64) {
        let index = index(sequence)
        if slots[index].sequence == sequence { slots[index].isPlayed = true }
    }

    /// Remembers a packet whose turn was over before it came.
    @_noAllocation @_noLocks
    mutating func settle(_ sequence: Int64) {
        slots[index(sequence)] = Slot(sequence: sequence, isPlayed: true)
    }

    /// Whether this packet was here and was taken out, as far back as the table reaches.
    @_noAllocation @_noLocks
    func wasPlayed(_ sequence: Int64) -> Bool {
        slots[index(sequence)].sequence == sequence && slots[index(sequence)].isPlayed
    }

    @_noAllocation @_noLocks
    mutating func removeAll() {
        for index in 0..<PacketStore.capacity { slots[index].sequence = -1 }
    }

    @_noAllocation @_noLocks
    private func index(_ sequence: Int64) -> Int {
        Int(truncatingIfNeeded: sequence) & (PacketStore.capacity - 1)
    }
}
