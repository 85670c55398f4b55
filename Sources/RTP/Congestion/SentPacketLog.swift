/// What the sender of a transport remembers of the packets that it numbered transport-wide, until the feedback about them
/// comes (draft-holmer-rmcat-transport-wide-cc-extensions-01). Its memory is taken when it is made and when more streams
/// come; nothing allocates per packet.
package struct SentPacketLog: ~Copyable {
    /// Packets of each stream that are remembered: 2.5 s at 20 ms a frame.
    private static let perStream = 128
    /// A power of two, as every capacity: numbers go around without a jump. A stream alone has 2.5 s at 5 ms.
    private static let fewest = 512
    private static let most = 8192

    /// A packet that was sent.
    package struct Packet: BitwiseCopyable, Sendable {
        /// Whose it is, as the caller numbers its streams.
        package var stream: UInt8
        package var sequenceNumber: UInt16
        /// As it goes over the wire, headers of the network counted.
        package var bytes: Int
        package var sentNanoseconds: Int64
        /// The far end has asked for it: it has missed it, even if it comes now.
        package var wasRequested: Bool

        package init(stream: UInt8, sequenceNumber: UInt16, bytes: Int, sentNanoseconds: Int64) {
            self.stream = stream
            self.sequenceNumber = sequenceNumber
            self.bytes = bytes
            self.sentNanoseconds = sentNanoseconds
            wasRequested = false
        }
    }

    /// Twelve bytes.
    private struct Entry: BitwiseCopyable {
        /// µs, modulo 2³²: told from the newest, half an hour before it at most.
        var sentMicroseconds: UInt32 = 0
        var number: UInt16 = 0
        var sequenceNumber: UInt16 = 0
        var bytes: UInt16 = 0
        var stream: UInt8 = 0
        var isUsed = false
        var wasRequested = false
    }

    private var entries: UnsafeMutableBufferPointer<Entry>
    private var newest: (number: UInt16, microseconds: Int64) = (0, 0)
    /// Entries that hold a packet, or held one.
    private var filled = 0

    /// - Parameter streams: that go over the transport.
    package init(streams: Int = 1) {
        entries = SentPacketLog.memory(SentPacketLog.capacity(streams: streams))
    }

    deinit {
        entries.deallocate()
    }

    private static func capacity(streams: Int) -> Int {
        var capacity = fewest
        while capacity < most, capacity < streams * perStream { capacity *= 2 }
        return capacity
    }

    private static func memory(_ capacity: Int) -> UnsafeMutableBufferPointer<Entry> {
        let memory = UnsafeMutableBufferPointer<Entry>.allocate(capacity: capacity)
        memory.initialize(repeating: Entry())
        return memory
    }

    /// Packets remembered.
    package var capacity: Int { entries.count }

    /// So many streams go over the transport from now on. Nothing is forgotten.
    package mutating func makeRoom(streams: Int) {
        let wanted = SentPacketLog.capacity(streams: streams)
        guard wanted > capacity else { return }
        let former = entries
        entries = SentPacketLog.memory(wanted)
        for age in 0..<filled {
            let number = newest.number &- UInt16(truncatingIfNeeded: age)
            entries[slot(number)] = former[Int(number) & (former.count - 1)]
        }
        former.deallocate()
    }

    private func slot(_ number: UInt16) -> Int { Int(number) & (entries.count - 1) }

    /// Notes a packet under its transport-wide number.
    package mutating func record(_ packet: Packet, number: UInt16) {
        let microseconds = packet.sentNanoseconds / 1000
        newest = (number, microseconds)
        filled = min(filled + 1, entries.count)
        entries[slot(number)] = Entry(
            sentMicroseconds: UInt32(truncatingIfNeeded: microseconds), number: number,
            sequenceNumber: packet.sequenceNumber, bytes: UInt16(clamping: packet.bytes), stream: packet.stream,
            isUsed: true)
    }

    /// Notes that the far end has asked for a packet: it goes out again under the same number, and that it arrives then
    /// tells nothing of its first way. It is looked for from the newest on, because it is one of the last as a rule.
    package mutating func noteRequest(stream: UInt8, sequenceNumber: UInt16) {
        for age in 0..<filled {
            let index = slot(newest.number &- UInt16(truncatingIfNeeded: age))
            guard entries[index].stream == stream, entries[index].sequenceNumber == sequenceNumber else { continue }
            entries[index].wasRequested = true
            return
        }
    }

    /// The packet that a feedback speaks of, once: the same number in a later feedback finds nothing.
    package mutating func take(_ number: UInt16) -> Packet? {
        let index = slot(number)
        guard entries[index].isUsed, entries[index].number == number else { return nil }
        entries[index].isUsed = false
        let entry = entries[index]
        let age = UInt32(truncatingIfNeeded: newest.microseconds) &- entry.sentMicroseconds
        var packet = Packet(
            stream: entry.stream, sequenceNumber: entry.sequenceNumber, bytes: Int(entry.bytes),
            sentNanoseconds: (newest.microseconds - Int64(Int32(bitPattern: age))) * 1000)
        packet.wasRequested = entry.wasRequested
        return packet
    }
}
