/// Makes RED payloads (RFC 2198): remembers the last payloads of a stream and puts copies of them before a new one. Its
/// memory is taken once; writing allocates nothing.
package struct REDEncoder: ~Copyable {
    /// The farthest that copies may be apart.
    private static var widestSpacing: Int { 3 }
    /// Payloads remembered: more than the farthest copy is back, so that one that comes late does not push it out.
    private static var depth: Int { widestSpacing * RedundancyLevel.heavy.copies + 2 }
    /// Samples of the longest frame between whose copies there may be gaps, 20 ms.
    private static var longestSpaced: Int { 960 }

    private struct Entry: BitwiseCopyable {
        var timestamp: UInt32 = 0
        var sequenceNumber: UInt16 = 0
        /// 0: nothing is there.
        var length = 0
    }

    private let bytes: UnsafeMutableRawPointer
    private let entries: UnsafeMutablePointer<Entry>
    private var next = 0

    package init() {
        bytes = .allocate(byteCount: REDEncoder.depth * REDBlock.maximumRedundantLength, alignment: 16)
        entries = .allocate(capacity: REDEncoder.depth)
        entries.initialize(repeating: Entry(), count: REDEncoder.depth)
    }

    deinit {
        bytes.deallocate()
        entries.deallocate()
    }

    /// Keeps a copy of a payload for the packets behind it. One that is too long for a redundant block is left out.
    package mutating func remember(_ payload: UnsafeRawBufferPointer, sequenceNumber: UInt16, timestamp: UInt32) {
        let fits = payload.count <= REDBlock.maximumRedundantLength
        entries[next] = Entry(
            timestamp: timestamp, sequenceNumber: sequenceNumber, length: fits ? payload.count : 0)
        if fits, let source = payload.baseAddress {
            (bytes + next * REDBlock.maximumRedundantLength).copyMemory(from: source, byteCount: payload.count)
        }
        next = (next + 1) % REDEncoder.depth
    }

    /// Forgets everything: another stream begins.
    package mutating func removeAll() {
        for index in 0..<REDEncoder.depth { entries[index].length = 0 }
    }

    /// Writes a payload and its copies of earlier ones; when not all of them fit into `buffer`, the nearest.
    ///
    /// A copy is only used when it is as many packets back as it is frames: a receiver computes its sequence number from
    /// the timestamps, which a silence of the sender would lead astray.
    /// - Parameters:
    ///   - samples: of the new payload, per channel.
    ///   - spacing: how far apart the copies are, 1…3 (``RedundancyLevel/distance(_:spacing:)``). Those of frames of more than
    ///     20 ms have no gaps: they are far enough back, and RED can say no more than 341 ms.
    /// - Returns: the bytes written; nil when there is no copy to go along.
    package func write(
        _ primary: UnsafeRawBufferPointer, sequenceNumber: UInt16, timestamp: UInt32, samples: Int,
        level: RedundancyLevel, spacing: Int = 2, payloadType: UInt8, into buffer: UnsafeMutableRawBufferPointer
    ) -> Int? {
        var copies = level.copies
        guard copies > 0 else { return nil }
        let spacing = samples > REDEncoder.longestSpaced ? 1 : max(min(spacing, REDEncoder.widestSpacing), 1)
        while copies > 0 {
            let length = write(
                primary, sequenceNumber, timestamp, samples, level, spacing, copies, payloadType, into: buffer)
            if let length { return length }
            copies -= 1
        }
        return nil
    }

    private func write(
        _ primary: UnsafeRawBufferPointer, _ sequenceNumber: UInt16, _ timestamp: UInt32, _ samples: Int,
        _ level: RedundancyLevel, _ spacing: Int, _ copies: Int, _ payloadType: UInt8,
        into buffer: UnsafeMutableRawBufferPointer
    ) -> Int? {
        withUnsafeTemporaryAllocation(of: REDBlock.self, capacity: 4) { blocks in
            var count = 0
            for copy in (0..<copies).reversed() {
                let distance = level.distance(copy, spacing: spacing)
                let age = UInt32(distance * samples)
                guard let data = payload(sequenceNumber &- UInt16(distance), timestamp &- age) else { continue }
                blocks.initializeElement(
                    at: count, to: REDBlock(payloadType: payloadType, timestampOffset: age, data: data))
                count += 1
            }
            guard count > 0 else { return nil }
            return REDWriter.write(
                redundant: UnsafeBufferPointer(rebasing: blocks[..<count]),
                primary: REDBlock(primaryPayloadType: payloadType, data: primary), into: buffer)
        }
    }

    private func payload(_ sequenceNumber: UInt16, _ timestamp: UInt32) -> UnsafeRawBufferPointer? {
        for index in 0..<REDEncoder.depth
        where entries[index].length > 0 && entries[index].timestamp == timestamp
            && entries[index].sequenceNumber == sequenceNumber
        {
            return UnsafeRawBufferPointer(
                start: bytes + index * REDBlock.maximumRedundantLength, count: entries[index].length)
        }
        return nil
    }
}
