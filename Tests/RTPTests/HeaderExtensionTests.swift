import RTP
import Testing
import Transport

struct HeaderExtensionTests {
    private let all = RTPHeaderExtensions(
        audioLevel: AudioLevel(level: 42, voiceActivity: true), mid: MediaIdentifier("audio-12"),
        transportSequenceNumber: 0xFFFE,
        absoluteCaptureTime: AbsoluteCaptureTime(time: NTPTime(0x0123_4567_89AB_CDEF), clockOffset: -5))

    private func identifiers(_ pairs: [HeaderExtensionKind: UInt8]) -> HeaderExtensionMap {
        var map = HeaderExtensionMap()
        for (kind, identifier) in pairs { map[kind] = identifier }
        return map
    }

    private func made(_ extensions: RTPHeaderExtensions, _ map: HeaderExtensionMap) -> [UInt8]? {
        let header = RTPHeader(payloadType: 111, sequenceNumber: 1, timestamp: 2, ssrc: 3)
        return written { header.write(extensions: extensions, map: map, into: $0) }
    }

    private func read(_ packet: [UInt8], _ map: HeaderExtensionMap) -> RTPHeaderExtensions? {
        guard let header = RTPHeader(bytes: packet) else { return nil }
        return withExactMemory(packet) { RTPHeaderExtensions(header, UnsafeRawBufferPointer($0), map: map) }
    }

    @Test func oneByteFormGoesRound() throws {
        let map = identifiers([.audioLevel: 1, .mid: 4, .transportSequenceNumber: 3, .absoluteCaptureTime: 14])
        let packet = try #require(made(all, map))
        #expect(Array(packet[12..<14]) == [0xBE, 0xDE])
        #expect(packet.count % 4 == 0)
        #expect(packet.count - 12 <= RTPHeaderExtensions.maximumLength)
        #expect(read(packet, map) == all)
    }

    @Test func twoByteFormGoesRound() throws {
        let map = identifiers([.audioLevel: 15 + 1, .mid: 4, .transportSequenceNumber: 255, .absoluteCaptureTime: 14])
        let packet = try #require(made(all, map))
        #expect(Array(packet[12..<14]) == [0x10, 0x00])
        #expect(packet.count - 12 <= RTPHeaderExtensions.maximumLength)
        #expect(read(packet, map) == all)
    }

    @Test func onlyNegotiatedExtensionsAreWrittenAndRead() throws {
        let sent = identifiers([.audioLevel: 1, .mid: 2])
        let packet = try #require(made(all, sent))
        #expect(read(packet, sent) == RTPHeaderExtensions(audioLevel: all.audioLevel, mid: all.mid))
        #expect(read(packet, identifiers([.mid: 2])) == RTPHeaderExtensions(mid: all.mid))
        #expect(read(packet, HeaderExtensionMap()) == RTPHeaderExtensions())
        let without = try #require(made(all, HeaderExtensionMap()))
        #expect(without.count == 12)
        #expect(without[0] == 0x80)
    }

    /// The layout of RFC 6464 section 3, figure 1.
    @Test func audioLevelIsAsTheStandardShowsIt() throws {
        let packet = try #require(made(RTPHeaderExtensions(audioLevel: all.audioLevel), identifiers([.audioLevel: 1])))
        #expect(Array(packet[12...]) == hex("bede0001 10aa0000"))
    }

    @Test func elementsArePaddedAndEndAtFifteen() throws {
        func elements(_ text: String) -> [String] {
            let packet = hex("906f 0001 00000000 00000000" + text)
            guard let header = RTPHeader(bytes: packet) else { return ["refused"] }
            return withExactMemory(packet) {
                var reader = HeaderExtensionReader(header, UnsafeRawBufferPointer($0))
                var seen: [String] = []
                while let element = reader.next() { seen.append("\(element.identifier):\(element.data.count)") }
                return seen
            }
        }
        #expect(elements("bede0002 00 10aa 00 00 2101 02") == ["1:1", "2:2"])
        #expect(elements("bede0002 10aa f000 30bb 0000") == ["1:1"])
        #expect(elements("bede0001 10aa 35bb") == ["1:1"])  // Runs over the end.
        #expect(elements("10000002 0100 0203 aabbcc 00") == ["1:0", "2:3"])
        #expect(elements("100f0001 01ff aabb") == [])
        #expect(elements("abcd0001 10aa0000") == [])  // Another profile.
    }

    @Test func aTooSmallBufferIsRefused() throws {
        let map = identifiers([.audioLevel: 1, .mid: 4, .transportSequenceNumber: 3, .absoluteCaptureTime: 14])
        let whole = try #require(made(all, map)).count
        let header = RTPHeader(payloadType: 111, sequenceNumber: 1, timestamp: 2, ssrc: 3)
        for capacity in 0..<whole {
            #expect(written(capacity: capacity) { header.write(extensions: all, map: map, into: $0) } == nil)
        }
    }

    @Test func identifiersBelongToOneKind() {
        var map = identifiers([.audioLevel: 1, .mid: 2])
        map[.transportSequenceNumber] = 1
        #expect(map[.audioLevel] == nil)
        #expect(map.kind(of: 1) == .transportSequenceNumber)
        map[.mid] = 15
        #expect(map[.mid] == nil)
        #expect(map.kind(of: 0) == nil)
        map[.transportSequenceNumber] = nil
        #expect(map == HeaderExtensionMap())
    }

    @Test func kindsAreNamedByTheirURI() {
        for kind in HeaderExtensionKind.allCases { #expect(HeaderExtensionKind(uri: kind.uri) == kind) }
        #expect(HeaderExtensionKind(uri: "urn:ietf:params:rtp-hdrext:toffset") == nil)
    }

    @Test func mediaIdentifiersHoldOneToSixteenBytes() {
        for count in 1...16 {
            let text = String("abcdefghijklmnop".prefix(count))
            #expect(MediaIdentifier(text)?.description == text)
        }
        #expect(MediaIdentifier("") == nil)
        #expect(MediaIdentifier("abcdefghijklmnopq") == nil)
        #expect(MediaIdentifier("a") != MediaIdentifier("a\0"))
    }

    @Test func noiseIsReadWithoutHarm() {
        var random = RandomSource.seeded(21)
        let map = identifiers([.audioLevel: 1, .mid: 2, .transportSequenceNumber: 3, .absoluteCaptureTime: 4])
        for _ in 0..<30_000 {
            var bytes = random.bytes(Int.random(in: 0...80, using: &random))
            if bytes.count > 16 {
                bytes[0] = 0x90 | bytes[0] & 0x23
                bytes[14] = 0
                bytes[15] %= 12
                if Bool.random(using: &random) {
                    (bytes[12], bytes[13]) = Bool.random(using: &random) ? (0xBE, 0xDE) : (0x10, 0)
                }
            }
            _ = read(bytes, map)
        }
    }
}
