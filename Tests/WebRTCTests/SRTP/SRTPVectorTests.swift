import Testing
import WebRTC

/// The vectors of RFC 7714 sections 16.1 and 17.1 and of RFC 3711 appendix B.3.
struct SRTPVectorTests {
    private func gcmKeys() throws -> SRTPSessionKeys {
        let material = SRTPSessionKeys.Material(
            encryption: hex("000102030405060708090a0b0c0d0e0f"), salt: hex("517569642070726f2071756f"))
        return try SRTPSessionKeys(profile: .aeadAES128GCM, rtp: material, rtcp: material)
    }

    private let plainRTP = hex(
        """
        8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69732064697669736120696e2070617274657320\
        74726573
        """)
    private let protectedRTP = hex(
        """
        8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b\
        36de3adf8833899d7f27beb16a9152cf765ee4390cce
        """)
    private let plainRTCP = hex(
        """
        81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeef\
        deadbeefdeadbeef
        """)
    private let protectedRTCP = hex(
        """
        81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b46\
        86303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade800005d4
        """)

    @Test func gcmProtectsRTPAsTheVector() throws {
        #expect(try SRTPSender(gcmKeys()).protect(plainRTP) == protectedRTP)
        #expect(try SRTPSender(gcmKeys()).protectApart(plainRTP) == protectedRTP)
    }

    @Test func gcmUnprotectsRTPOfTheVector() throws {
        #expect(try SRTPReceiver(gcmKeys()).unprotect(protectedRTP) == plainRTP)
    }

    @Test func gcmProtectsRTCPAsTheVector() throws {
        let sender = try SRTPSender(gcmKeys())
        // The vector's index is 0x5D4; a sender's first is 1.
        for _ in 1..<0x5D4 { _ = try sender.protectRTCP(plainRTCP) }
        #expect(try sender.protectRTCP(plainRTCP) == protectedRTCP)
    }

    @Test func gcmUnprotectsRTCPOfTheVector() throws {
        #expect(try SRTPReceiver(gcmKeys()).unprotectRTCP(protectedRTCP) == plainRTCP)
    }

    @Test func keyDerivationGivesTheVector() throws {
        let master = try SRTPMasterKey(
            profile: .aes128CMHMACSHA1_80, key: hex("E1F97A0D3E018BE0D64FA32C06DE4139"),
            salt: hex("0EC675AD498AFEEBB6960B3AABE6"))
        let keys = try SRTPSessionKeys(master)
        #expect(keys.rtp.encryption == hex("C61E7A93744F39EE10734AFE3FF7A087"))
        #expect(keys.rtp.salt == hex("30CBBC08863D8C85D49DB34A9AE1"))
        #expect(keys.rtp.authentication == hex("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"))
    }
}
