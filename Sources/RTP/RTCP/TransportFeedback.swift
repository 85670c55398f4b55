/// Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1): which
/// packets arrived, and when. A view of the packet that walks over its results; valid as long as its memory is.
package struct TransportFeedback: Sequence, IteratorProtocol {
    /// One packet that the feedback speaks of.
    @frozen
    package struct Result: Equatable, Sendable {
        /// The transport-wide sequence number.
        package let sequenceNumber: UInt16
        /// When it arrived, in units of 250 µs of the receiver's clock, counted from the zero of the 24-bit reference
        /// time (64 ms each), which wraps around after 12.4 days; nil if it did not arrive.
        package let arrivalTicks: Int64?

        @inlinable
        package init(sequenceNumber: UInt16, arrivalTicks: Int64?) {
            self.sequenceNumber = sequenceNumber
            self.arrivalTicks = arrivalTicks
        }
    }

    /// Nanoseconds in a tick of ``Result/arrivalTicks``.
    package static let tickNanoseconds: Int64 = 250_000

    /// Who gives the feedback.
    package let senderSSRC: UInt32
    package let mediaSSRC: UInt32
    package let baseSequenceNumber: UInt16
    /// How many packets the feedback speaks of.
    package let packetCount: Int
    /// In units of 64 ms, signed.
    package let referenceTime: Int32
    /// Counts feedback packets, modulo 256.
    package let feedbackCount: UInt8

    private let chunks: UnsafeRawBufferPointer
    private let deltas: UnsafeRawBufferPointer
    private var index = 0
    private var chunkOffset = 0
    private var symbolInChunk = 0
    private var deltaOffset = 0
    private var ticks: Int64

    /// Reads the packet body behind the common header; nil if chunks or deltas do not fit into it.
    init?(body: UnsafeRawBufferPointer) {
        guard body.count >= 16 else { return nil }
        senderSSRC = body.bigEndianUInt32(at: 0)
        mediaSSRC = body.bigEndianUInt32(at: 4)
        baseSequenceNumber = body.bigEndianUInt16(at: 8)
        packetCount = Int(body.bigEndianUInt16(at: 10))
        let reference = body.bigEndianUInt32(at: 12)
        referenceTime = Int32(bitPattern: reference) >> 8
        feedbackCount = UInt8(truncatingIfNeeded: reference)
        ticks = Int64(referenceTime) * 256

        // The deltas begin where enough chunks have been seen; their number must fit too.
        var offset = 16
        var covered = 0
        var deltaLength = 0
        while covered < packetCount {
            guard offset + 2 <= body.count else { return nil }
            let chunk = StatusChunk(body.bigEndianUInt16(at: offset))
            offset += 2
            let symbols = Swift.min(chunk.symbolCount, packetCount - covered)
            guard symbols > 0 else { return nil }
            covered += symbols
            if chunk.isRun {
                deltaLength += symbols * StatusChunk.deltaLength(chunk.symbol(0))
            } else {
                for index in 0..<symbols { deltaLength += StatusChunk.deltaLength(chunk.symbol(index)) }
            }
        }
        guard offset + deltaLength <= body.count else { return nil }
        chunks = body.part(16, offset - 16)
        deltas = body.part(offset, deltaLength)
    }

    package mutating func next() -> Result? {
        guard index < packetCount, chunkOffset + 2 <= chunks.count else { return nil }
        let chunk = StatusChunk(chunks.bigEndianUInt16(at: chunkOffset))
        let symbol = chunk.symbol(symbolInChunk)
        symbolInChunk += 1
        if symbolInChunk == chunk.symbolCount {
            symbolInChunk = 0
            chunkOffset += 2
        }
        let sequenceNumber = baseSequenceNumber &+ UInt16(truncatingIfNeeded: index)
        index += 1
        switch StatusChunk.deltaLength(symbol) {
        case 1:
            ticks += Int64(deltas[deltaOffset])
            deltaOffset += 1
        case 2:
            ticks += Int64(Int16(bitPattern: deltas.bigEndianUInt16(at: deltaOffset)))
            deltaOffset += 2
        default:
            return Result(sequenceNumber: sequenceNumber, arrivalTicks: nil)
        }
        return Result(sequenceNumber: sequenceNumber, arrivalTicks: ticks)
    }

    /// A packet status chunk (section 3.1.3 and 3.1.4).
    private struct StatusChunk {
        private let value: UInt16

        init(_ value: UInt16) {
            self.value = value
        }

        var isRun: Bool { value & 0x8000 == 0 }

        /// How many packets it speaks of; a run can be empty, which is malformed.
        var symbolCount: Int {
            if isRun { return Int(value & 0x1FFF) }
            return value & 0x4000 == 0 ? 14 : 7
        }

        /// 0 not received, 1 small delta, 2 large delta, 3 reserved (taken as not received).
        func symbol(_ index: Int) -> UInt16 {
            if isRun { return value >> 13 & 3 }
            if value & 0x4000 == 0 { return value >> UInt16(13 - index) & 1 }
            return value >> UInt16(12 - 2 * index) & 3
        }

        /// Bytes of the delta that belongs to a symbol.
        static func deltaLength(_ symbol: UInt16) -> Int {
            symbol == 1 ? 1 : symbol == 2 ? 2 : 0
        }
    }
}
