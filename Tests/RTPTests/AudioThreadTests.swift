import RTP
import Testing

/// What the audio thread uses of this module compiles inside functions that must not allocate or lock, also from
/// another module and in debug builds.
struct AudioThreadTests {
    @_noAllocation @_noLocks
    private static func sum(_ payload: UnsafeRawBufferPointer) -> Int {
        guard var reader = REDReader(payload) else { return -1 }
        var sum = 0
        while let block = reader.next() { sum += block.data.count + Int(block.timestampOffset) }
        return sum
    }

    @_noAllocation @_noLocks
    private static func unwrap(_ unwrapper: inout SequenceUnwrapper, _ timestamps: inout TimestampUnwrapper) -> Int64 {
        unwrapper.unwrap(7) + timestamps.unwrap(9) + (UInt16(3).isSerialNewer(than: 65535) ? 1 : 0)
    }

    @_noAllocation @_noLocks
    private static func read(_ packet: UnsafeRawBufferPointer) -> Int {
        RTPHeader(packet)?.payloadRange.count ?? -1
    }

    @_noAllocation @_noLocks
    private static func write(_ buffer: UnsafeMutableRawBufferPointer, _ data: UnsafeRawBufferPointer) -> Int {
        let header = RTPHeader(payloadType: 63, sequenceNumber: 1, timestamp: 2, ssrc: 3).write(into: buffer) ?? 0
        let primary = REDBlock(primaryPayloadType: 111, data: data)
        let redundant = UnsafeBufferPointer<REDBlock>(start: nil, count: 0)
        return header + (REDWriter.write(redundant: redundant, primary: primary, into: buffer) ?? 0)
    }

    @Test func worksOnTheAudioThread() {
        #expect(hex("ef0f0002 6f aabb ccdd").withUnsafeBytes { AudioThreadTests.sum($0) } == 2 + 960 + 2)
        var unwrapper = SequenceUnwrapper()
        var timestamps = TimestampUnwrapper()
        #expect(AudioThreadTests.unwrap(&unwrapper, &timestamps) == 17)
        #expect(hex("806f 0001 00000000 00000000 aa").withUnsafeBytes { AudioThreadTests.read($0) } == 1)
        var buffer = [UInt8](repeating: 0, count: 40)
        let length = buffer.withUnsafeMutableBytes { buffer in
            hex("aabb").withUnsafeBytes { AudioThreadTests.write(buffer, $0) }
        }
        #expect(length == 12 + 3)
    }
}
