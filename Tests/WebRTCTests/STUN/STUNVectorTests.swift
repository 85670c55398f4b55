import Testing
import Transport
import WebRTC

/// The test vectors of RFC 5769 (sections 2.1–2.3; the long-term credentials of 2.4 are not used by ICE).
struct STUNVectorTests {
    static let password = "VOkJxbRl1RmTxUk/WvJxBt"
    static let request = hex(
        """
        000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff80290008932ff9
        b151263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf
        """)
    static let ipv4Response = hex(
        """
        0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147e112a643000800142b91f5
        99fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96
        """)
    static let ipv6Response = hex(
        """
        010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000140002a1470113a9faa5d3f179bc25f4
        b5bed2b9d900080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c
        """)

    @Test func readsTheRequest() throws {
        try Self.request.withUnsafeBytes { bytes in
            let message = try #require(STUNMessage(bytes))
            #expect(message.messageClass == .request)
            #expect(message.method == STUNMessage.binding)
            #expect(message.username.map { String(decoding: $0, as: UTF8.self) } == "evtj:h6vY")
            #expect(message.priority == 0x6E00_01FF)
            #expect(message.controlledTieBreaker == 0x932F_F9B1_5126_3B36)
            #expect(message.hasFingerprint)
            #expect(message.hasIntegrity(STUNKey(password: Self.password)))
            #expect(!message.hasIntegrity(STUNKey(password: Self.password + "x")))
        }
    }

    @Test(arguments: [
        (ipv4Response, "192.0.2.1"), (ipv6Response, "2001:db8:1234:5678:11:2233:4455:6677"),
    ])
    func readsTheResponses(_ vector: [UInt8], _ host: String) throws {
        try vector.withUnsafeBytes { bytes in
            let message = try #require(STUNMessage(bytes))
            #expect(message.messageClass == .success)
            #expect(message.mappedAddress == TransportAddress(host: host, port: 32853))
            #expect(message.hasIntegrity(STUNKey(password: Self.password)))
        }
    }

    /// The key is used again for each message, whatever came between.
    @Test func aKeyServesManyMessages() {
        let key = STUNKey(password: Self.password)
        for _ in 0..<3 {
            for vector in [Self.request, Self.ipv4Response, Self.ipv6Response] {
                vector.withUnsafeBytes { #expect(STUNMessage($0)?.hasIntegrity(key) == true) }
            }
        }
    }

    @Test func everyDamagedByteIsFound() {
        for index in Self.request.indices {
            var damaged = Self.request
            damaged[index] ^= 0x04
            // FINGERPRINT covers all but itself; when it no longer is one, the message has none.
            damaged.withUnsafeBytes { #expect(STUNMessage($0)?.hasFingerprint != true) }
        }
        for length in 0..<Self.request.count {
            Self.request.withUnsafeBytes {
                #expect(STUNMessage(UnsafeRawBufferPointer(rebasing: $0[..<length])) == nil)
            }
        }
    }
}
