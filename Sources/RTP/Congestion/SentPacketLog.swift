/// What the sender of a transport remembers of the packets that it numbered transport-wide, until the feedback about them
/// comes (draft-holmer-rmcat-transport-wide-cc-extensions-01). Its memory is taken once; nothing allocates per packet.
package struct SentPacketLog: ~Copyable {
    /// Packets remembered: the more than two seconds that 400 packets a second take.
    package static let capacity = 1024

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

    private struct Entry: BitwiseCopyable {
        var number: UInt16
        var isUsed: Bool
        var packet: Packet
    }

    private let entries: UnsafeMutablePointer<Entry>

    package init() {
        entries = .allocate(capacity: SentPacketLog.capacity)
        entries.initialize(
            repeating: Entry(
                number: 0, isUsed: false,
                packet: Packet(stream: 0, sequenceNumber: 0, bytes: 0, sentNanoseconds: 0)),
            count: SentPacketLog.capacity)
    }

    deinit {
        entries.deallocate()
    }

    /// Notes a packet under its transport-wide number.
    package mutating func record(_ packet: Packet, number: UInt16) {
        entries[Int(number) % SentPacketLog.capacity] = Entry(number: number, isUsed: true, packet: packet)
    }

    /// Notes that the far end has asked for a packet: it goes out again under the same number, and that it arrives then
    /// tells nothing of its first way.
    package mutating func noteRequest(stream: UInt8, sequenceNumber: UInt16) {
        for index in 0..<SentPacketLog.capacity
        where entries[index].isUsed && entries[index].packet.stream == stream
            && entries[index].packet.sequenceNumber == sequenceNumber
        {
            entries[index].packet.wasRequested = true
        }
    }

    /// The packet that a feedback speaks of, once: the same number in a later feedback finds nothing.
    package mutating func take(_ number: UInt16) -> Packet? {
        let index = Int(number) % SentPacketLog.capacity
        guard entries[index].isUsed, entries[index].number == number else { return nil }
        entries[index].isUsed = false
        return entries[index].packet
    }
}
