/// The header extensions of one packet that we know, as values: read from a packet once, written for every listener
/// with the identifiers that this listener negotiated. Reading and writing allocate nothing.
@frozen
package struct RTPHeaderExtensions: Equatable, Sendable {
    package var audioLevel: AudioLevel?
    package var mid: MediaIdentifier?
    package var transportSequenceNumber: UInt16?
    package var absoluteCaptureTime: AbsoluteCaptureTime?

    /// The most bytes that ``write(map:into:)`` needs: a head of 4, and elements of 2 + 1, 2 + 16, 2 + 2, 2 + 16.
    package static let maximumLength = 4 + 44

    @inlinable
    package init(
        audioLevel: AudioLevel? = nil, mid: MediaIdentifier? = nil, transportSequenceNumber: UInt16? = nil,
        absoluteCaptureTime: AbsoluteCaptureTime? = nil
    ) {
        self.audioLevel = audioLevel
        self.mid = mid
        self.transportSequenceNumber = transportSequenceNumber
        self.absoluteCaptureTime = absoluteCaptureTime
    }

    /// Reads the extensions of a packet that `map` has identifiers for; others, and those of a wrong length, are passed
    /// over.
    package init(_ header: RTPHeader, _ packet: UnsafeRawBufferPointer, map: HeaderExtensionMap) {
        self.init()
        var reader = HeaderExtensionReader(header, packet)
        while let element = reader.next() {
            let data = element.data
            switch map.kind(of: element.identifier) {
            case .audioLevel where data.count >= 1:
                audioLevel = AudioLevel(byte: data[0])
            case .mid:
                mid = MediaIdentifier(data)
            case .transportSequenceNumber where data.count >= 2:
                transportSequenceNumber = data.bigEndianUInt16(at: 0)
            case .absoluteCaptureTime where data.count >= 8:
                absoluteCaptureTime = AbsoluteCaptureTime(
                    time: NTPTime(data.bigEndianUInt64(at: 0)),
                    clockOffset: data.count >= 16 ? Int64(bitPattern: data.bigEndianUInt64(at: 8)) : nil)
            default:
                break
            }
        }
    }

    /// Writes the extension block (its four-byte head included) of those values that `map` has identifiers for: in the
    /// one-byte form, or in the two-byte form if an identifier is above 14.
    ///
    /// - Returns: the bytes written, a multiple of four, 0 if there is nothing to write; nil if `buffer` is too small.
    package func write(map: HeaderExtensionMap, into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        var writer = HeaderExtensionWriter(buffer, twoByte: needsTwoByteForm(map))
        if let audioLevel, let identifier = map[.audioLevel] {
            guard let data = writer.element(identifier, length: 1) else { return nil }
            data[0] = audioLevel.byte
        }
        if let mid, let identifier = map[.mid] {
            guard let data = writer.element(identifier, length: mid.count) else { return nil }
            for index in 0..<mid.count { data[index] = mid[index] }
        }
        if let transportSequenceNumber, let identifier = map[.transportSequenceNumber] {
            guard let data = writer.element(identifier, length: 2) else { return nil }
            data.storeBigEndian(transportSequenceNumber, at: 0)
        }
        if let absoluteCaptureTime, let identifier = map[.absoluteCaptureTime] {
            let offset = absoluteCaptureTime.clockOffset
            guard let data = writer.element(identifier, length: offset == nil ? 8 : 16) else { return nil }
            data.storeBigEndian(absoluteCaptureTime.time.value, at: 0)
            if let offset { data.storeBigEndian(UInt64(bitPattern: offset), at: 8) }
        }
        return writer.finish()
    }

    private func needsTwoByteForm(_ map: HeaderExtensionMap) -> Bool {
        audioLevel != nil && (map[.audioLevel] ?? 0) > 14
            || mid != nil && (map[.mid] ?? 0) > 14
            || transportSequenceNumber != nil && (map[.transportSequenceNumber] ?? 0) > 14
            || absoluteCaptureTime != nil && (map[.absoluteCaptureTime] ?? 0) > 14
    }
}
