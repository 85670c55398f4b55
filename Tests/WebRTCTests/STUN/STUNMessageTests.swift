import Testing
import Transport
import WebRTC

struct STUNMessageTests {
    private static let transaction = STUNTransactionID(high: 0x0102_0304_0506_0708, low: 0x090A_0B0C)

    private func write(
        _ messageClass: STUNMessage.Class = .request, _ fill: (inout STUNWriter) -> Void
    ) -> [UInt8] {
        var buffer = [UInt8](repeating: 0xEE, count: STUNWriter.maximumLength)
        let length = buffer.withUnsafeMutableBytes { bytes in
            var writer = STUNWriter(bytes, messageClass, Self.transaction)
            fill(&writer)
            return writer.length
        }
        return Array(buffer[..<length])
    }

    @Test func writesWhatItReads() throws {
        let key = STUNKey(password: "0123456789012345678901")
        let bytes = write { writer in
            writer.addUsername(Array("remote:local".utf8))
            writer.addPriority(1_853_824_767)
            writer.addRole(controlling: true, tieBreaker: 0xFFEE_DDCC_BBAA_9988)
            writer.addUseCandidate()
            writer.addIntegrity(key)
            writer.addFingerprint()
        }
        try bytes.withUnsafeBytes { bytes in
            let message = try #require(STUNMessage(bytes))
            #expect(message.transactionID == Self.transaction)
            #expect(message.priority == 1_853_824_767)
            #expect(message.useCandidate)
            #expect(message.controllingTieBreaker == 0xFFEE_DDCC_BBAA_9988)
            #expect(message.controlledTieBreaker == nil)
            #expect(message.hasIntegrity(key))
            #expect(UfragKey(requestIn: bytes) == UfragKey("remote"))
        }
    }

    @Test(arguments: ["192.0.2.7", "2001:db8::1", "::1"])
    func mappedAddressesSurvive(_ host: String) throws {
        let address = try #require(TransportAddress(host: host, port: 54321))
        let bytes = write(.success) { writer in
            writer.addXORMappedAddress(address)
            writer.addFingerprint()
        }
        bytes.withUnsafeBytes { #expect(STUNMessage($0)?.mappedAddress == address) }
    }

    @Test func errorsCarryTheirCode() throws {
        let bytes = write(.error) { $0.addErrorCode(.roleConflict) }
        try bytes.withUnsafeBytes { bytes in
            let message = try #require(STUNMessage(bytes))
            #expect(message.errorCode == 487)
            #expect(!message.hasIntegrity(STUNKey(password: "0123456789012345678901")))
        }
    }

    @Test func whatFollowsIntegrityIsNotBelieved() throws {
        let key = STUNKey(password: "0123456789012345678901")
        let bytes = write { writer in
            writer.addUsername(Array("a:b".utf8))
            writer.addIntegrity(key)
            writer.addUseCandidate()
        }
        try bytes.withUnsafeBytes { bytes in
            let message = try #require(STUNMessage(bytes))
            #expect(message.hasIntegrity(key))
            #expect(!message.useCandidate)
        }
    }

    @Test func requiredButUnknownAttributesAreReported() throws {
        let bytes = write { $0.addPriority(1) }
        var changed = bytes
        changed[20] = 0x7F
        changed.withUnsafeBytes { #expect(STUNMessage($0)?.unknownAttribute == 0x7F24) }
        changed[20] = 0xFF
        try changed.withUnsafeBytes { bytes in
            let message = try #require(STUNMessage(bytes))
            #expect(message.unknownAttribute == nil)
        }
    }

    @Test func garbageIsNeverAMessageAndNeverACrash() {
        var random = RandomSource.seeded(1)
        for _ in 0..<20_000 {
            var bytes = random.bytes(Int.random(in: 0...120, using: &random))
            if bytes.count >= 20, Bool.random(using: &random) {
                // A plausible head, so that attributes are reached.
                bytes.replaceSubrange(0..<8, with: [0, 1, 0, UInt8(bytes.count - 20), 0x21, 0x12, 0xA4, 0x42])
            }
            bytes.withUnsafeBytes { bytes in
                if let message = STUNMessage(bytes) {
                    #expect(!message.hasIntegrity(STUNKey(password: "0123456789012345678901")))
                }
                _ = UfragKey(requestIn: bytes)
            }
        }
    }

    @Test func datagramsAreToldApartByTheirFirstBytes() {
        let expected: [(UInt8, UInt8, DatagramKind)] = [
            (0, 1, .stun), (3, 0, .stun), (4, 0, .unknown), (20, 254, .dtls), (63, 0, .dtls), (64, 0, .unknown),
            (79, 0, .unknown), (127, 0, .unknown), (128, 111, .rtp), (128, 0x80 | 63, .rtp), (128, 200, .rtcp),
            (129, 206, .rtcp), (191, 223, .rtcp), (191, 224, .rtp), (192, 0, .unknown), (255, 255, .unknown),
        ]
        for (first, second, kind) in expected {
            [first, second].withUnsafeBytes { #expect(DatagramKind($0) == kind, "\(first) \(second)") }
        }
        [UInt8(0)].withUnsafeBytes { #expect(DatagramKind($0) == .unknown) }
    }

    @Test func ufragKeysHoldSixteenBytes() throws {
        #expect(UfragKey("") == nil)
        #expect(UfragKey("12345678901234567") == nil)
        let key = try #require(UfragKey("w3abcdefGHIJ"))
        #expect(key == UfragKey("w3abcdefGHIJ"))
        #expect(key != UfragKey("w3abcdefGHIj"))
        #expect(key[0] == UInt8(ascii: "w") && key[1] == UInt8(ascii: "3") && key[11] == UInt8(ascii: "J"))
        #expect(key[12] == nil)
    }
}
