import RTP
import Testing

struct RTPHeaderTests {
    @Test func readsAllFields() throws {
        // Two contributing sources, an extension of two words, padding of three bytes.
        let packet = hex("b2ef 1234 89abcdef 01020304 00000001 00000002 bede0002 10ff3003 61626300 aabbccdd 000003")
        let header = try #require(RTPHeader(bytes: packet))
        #expect(header.marker)
        #expect(header.payloadType == 111)
        #expect(header.sequenceNumber == 0x1234)
        #expect(header.timestamp == 0x89AB_CDEF)
        #expect(header.ssrc == 0x0102_0304)
        #expect(header.contributingSourceCount == 2)
        #expect(header.extensionProfile == 0xBEDE)
        #expect(header.extensionOffset == 24)
        #expect(header.extensionLength == 8)
        #expect(header.headerLength == 32)
        #expect(header.payloadRange == 32..<36)
    }

    @Test func writesWhatItReads() throws {
        let header = RTPHeader(
            marker: true, payloadType: 63, sequenceNumber: 65535, timestamp: .max, ssrc: 0xDEAD_BEEF)
        let bytes = try #require(written { header.write(into: $0) })
        #expect(bytes == hex("80bf ffff ffffffff deadbeef"))
        #expect(RTPHeader(bytes: bytes) == header)
        #expect(written(capacity: 11) { header.write(into: $0) } == nil)
    }

    @Test(arguments: [
        "", "80", "806f 0001 00000000 000000",  // Too short.
        "406f 0001 00000000 00000000",  // Version 1.
        "816f 0001 00000000 00000000",  // A contributing source that is not there.
        "906f 0001 00000000 00000000",  // An extension that is not there.
        "906f 0001 00000000 00000000 bede0001",  // Extension data that is not there.
        "a06f 0001 00000000 00000000",  // Padding without a byte.
        "a06f 0001 00000000 00000000 00",  // Padding of no bytes.
        "a06f 0001 00000000 00000000 000004",  // More padding than payload.
        "80c8 0006 00000000 00000000",  // A sender report.
    ])
    func refuses(_ packet: String) {
        #expect(RTPHeader(bytes: hex(packet)) == nil)
    }

    @Test func tellsRTCPFromRTP() {
        func isRTCP(_ text: String) -> Bool {
            hex(text).withUnsafeBytes { RTPHeader.isRTCP($0) }
        }
        #expect(isRTCP("80c8"))
        #expect(isRTCP("81cd"))
        #expect(!isRTCP("80ef"))  // Payload type 111 with the marker.
        #expect(!isRTCP("806f"))
        #expect(!isRTCP("16c8"))
        #expect(!isRTCP("80"))
    }
}
