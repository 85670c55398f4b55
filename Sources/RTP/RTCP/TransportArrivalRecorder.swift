/// Remembers when packets with transport-wide sequence numbers arrived and writes the feedback about them
/// (draft-holmer-rmcat-transport-wide-cc-extensions-01). Its memory is taken once; recording allocates nothing.
package struct TransportArrivalRecorder: ~Copyable {
    /// Packets that can wait for their feedback; when more come, the oldest are forgotten.
    package static let capacity = 1024
    /// A packet this far before the newest is not recorded any more.
    private static let maximumPacketsPerFeedback = 512
    private static let notReceived = Int64.min

    /// Arrival ticks (250 µs) by sequence number modulo ``capacity``.
    private let ticks: UnsafeMutableBufferPointer<Int64>
    private var unwrapper = SequenceUnwrapper()
    /// The first number that no feedback has spoken of; nil before the first packet.
    private var nextToReport: Int64?
    /// One behind the newest number recorded.
    private var end: Int64 = 0
    private var feedbackCount: UInt8 = 0

    package init() {
        ticks = .allocate(capacity: TransportArrivalRecorder.capacity)
        ticks.initialize(repeating: TransportArrivalRecorder.notReceived)
    }

    deinit {
        ticks.deallocate()
    }

    /// Whether there is something to write feedback about.
    package var hasPending: Bool {
        guard let nextToReport else { return false }
        return nextToReport < end
    }

    /// Records an arrival. Duplicates and packets that a feedback has already spoken of change nothing.
    package mutating func record(sequenceNumber: UInt16, arrivalNanoseconds: Int64) {
        var number = unwrapper.peek(sequenceNumber)
        if let next = nextToReport {
            guard number >= next else { return }
        } else {
            nextToReport = number
            end = number
        }
        if number >= end {
            // A jump larger than the memory is a sender that began anew: what was not reported is given up.
            if number - end >= Int64(TransportArrivalRecorder.capacity) {
                ticks.update(repeating: TransportArrivalRecorder.notReceived)
                unwrapper = SequenceUnwrapper()
                number = unwrapper.unwrap(sequenceNumber)
                nextToReport = number
                end = number
            }
            while end <= number {
                ticks[slot(end)] = TransportArrivalRecorder.notReceived
                end += 1
            }
            if let next = nextToReport, end - next > Int64(TransportArrivalRecorder.capacity) {
                nextToReport = end - Int64(TransportArrivalRecorder.capacity)
            }
            _ = unwrapper.unwrap(sequenceNumber)
        }
        if ticks[slot(number)] == TransportArrivalRecorder.notReceived {
            ticks[slot(number)] = arrivalNanoseconds / TransportFeedback.tickNanoseconds
        }
    }

    /// Writes one feedback packet about what has not been reported yet, as much as fits; call again while
    /// ``hasPending``.
    ///
    /// - Returns: false if there is nothing to report or the buffer has no room for a packet of one result.
    package mutating func writeFeedback(into writer: inout RTCPWriter, senderSSRC: UInt32, mediaSSRC: UInt32) -> Bool {
        guard var first = nextToReport, first < end else { return false }
        // Leading losses say nothing that the gap between two feedbacks does not say; a feedback begins at an arrival.
        while first < end, ticks[slot(first)] == TransportArrivalRecorder.notReceived { first += 1 }
        guard first < end else {
            nextToReport = end
            return false
        }
        let start = writer.length
        guard
            let body = writer.begin(
                type: RTCPPacketType.transportLayerFeedback, format: RTCPPacketType.transportWideFeedback,
                bodyLength: 20)
        else { return false }

        let reference = ticks[slot(first)] >> 8
        // Deltas go behind the chunks, whose number is only known at the end: the first pass counts how many results
        // fit, the second writes chunks and the third deltas.
        let count = resultsThatFit(from: first, reference: reference, room: body.count - 16)
        guard count > 0 else { return false }
        body.storeBigEndian(senderSSRC, at: 0)
        body.storeBigEndian(mediaSSRC, at: 4)
        body.storeBigEndian(UInt16(truncatingIfNeeded: first), at: 8)
        body.storeBigEndian(UInt16(truncatingIfNeeded: count), at: 10)
        body.storeBigEndian(
            UInt32(truncatingIfNeeded: reference & 0xFF_FFFF) << 8 | UInt32(feedbackCount), at: 12)
        var offset = writeChunks(into: body, at: 16, from: first, count: count, reference: reference)
        offset = writeDeltas(into: body, at: offset, from: first, count: count, reference: reference)
        while offset & 3 != 0 {
            body[offset] = 0
            offset += 1
        }
        writer.finish(at: start, end: start + 4 + offset)
        feedbackCount &+= 1
        nextToReport = first + Int64(count)
        return true
    }

    private func slot(_ number: Int64) -> Int {
        Int(truncatingIfNeeded: number) & (TransportArrivalRecorder.capacity - 1)
    }

    /// The delta of an arrival to the one before it, and the symbol for it: 0 not received, 1 small, 2 large; nil if
    /// the delta is out of range, so that a new feedback packet must begin.
    private func symbol(_ number: Int64, previous: inout Int64) -> (symbol: UInt16, delta: Int64)? {
        let arrival = ticks[slot(number)]
        if arrival == TransportArrivalRecorder.notReceived { return (0, 0) }
        let delta = arrival - previous
        guard delta >= Int64(Int16.min), delta <= Int64(Int16.max) else { return nil }
        previous = arrival
        return (delta >= 0 && delta <= 255 ? 1 : 2, delta)
    }

    private func resultsThatFit(from first: Int64, reference: Int64, room: Int) -> Int {
        var previous = reference * 256
        var count = 0
        var deltaLength = 0
        while first + Int64(count) < end, count < TransportArrivalRecorder.maximumPacketsPerFeedback {
            guard let (symbol, _) = symbol(first + Int64(count), previous: &previous) else { break }
            // Vectors of seven are the longest form that the chunks can take.
            let chunkLength = 2 * ((count + 1 + 6) / 7)
            guard (chunkLength + deltaLength + Int(symbol) + 3) & ~3 <= room else { break }
            deltaLength += Int(symbol)
            count += 1
        }
        return count
    }

    private func writeChunks(
        into body: UnsafeMutableRawBufferPointer, at start: Int, from first: Int64, count: Int, reference: Int64
    ) -> Int {
        var offset = start
        var done = 0
        var previous = reference * 256
        while done < count {
            var look = previous
            let leading = symbol(first + Int64(done), previous: &look)?.symbol ?? 0
            var run = 1
            while done + run < count, let next = symbol(first + Int64(done + run), previous: &look),
                next.symbol == leading
            {
                run += 1
            }
            var taken = run
            if run >= 7 || done + run == count {
                body.storeBigEndian(leading << 13 | UInt16(truncatingIfNeeded: run), at: offset)
            } else {
                taken = min(7, count - done)
                var chunk: UInt16 = 0xC000
                var position = previous
                for index in 0..<taken {
                    let symbol = symbol(first + Int64(done + index), previous: &position)?.symbol ?? 0
                    chunk |= symbol << UInt16(12 - 2 * index)
                }
                body.storeBigEndian(chunk, at: offset)
            }
            for index in 0..<taken { _ = symbol(first + Int64(done + index), previous: &previous) }
            offset += 2
            done += taken
        }
        return offset
    }

    private func writeDeltas(
        into body: UnsafeMutableRawBufferPointer, at start: Int, from first: Int64, count: Int, reference: Int64
    ) -> Int {
        var offset = start
        var previous = reference * 256
        for index in 0..<count {
            guard let (symbol, delta) = symbol(first + Int64(index), previous: &previous) else { break }
            if symbol == 1 {
                body[offset] = UInt8(truncatingIfNeeded: delta)
                offset += 1
            } else if symbol == 2 {
                body.storeBigEndian(UInt16(bitPattern: Int16(truncatingIfNeeded: delta)), at: offset)
                offset += 2
            }
        }
        return offset
    }
}
