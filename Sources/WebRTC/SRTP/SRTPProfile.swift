/// An SRTP protection profile by its number in the `use_srtp` extension (RFC 5764 section 4.1.2, RFC 7714 section 14.2).
package enum SRTPProfile: UInt16, CaseIterable, Sendable {
    /// SRTP_AEAD_AES_128_GCM: preferred.
    case aeadAES128GCM = 0x0007
    /// SRTP_AES128_CM_HMAC_SHA1_80: for peers without GCM.
    case aes128CMHMACSHA1_80 = 0x0001

    /// Bytes of the master key.
    package static let masterKeyLength = 16

    /// Bytes of the master salt.
    package var masterSaltLength: Int {
        switch self {
        case .aeadAES128GCM: 12
        case .aes128CMHMACSHA1_80: 14
        }
    }

    /// Bytes that protecting adds to an RTP packet: the tag.
    package var rtpOverhead: Int {
        switch self {
        case .aeadAES128GCM: 16
        case .aes128CMHMACSHA1_80: 10
        }
    }

    /// Bytes that protecting adds to an RTCP datagram: the tag and the index.
    package var rtcpOverhead: Int { rtpOverhead + 4 }

    /// The most bytes that any profile adds to an RTP or RTCP packet.
    package static let maximumOverhead = 20

    /// The name that OpenSSL gives the profile.
    var openSSLName: String {
        switch self {
        case .aeadAES128GCM: "SRTP_AEAD_AES_128_GCM"
        case .aes128CMHMACSHA1_80: "SRTP_AES128_CM_SHA1_80"
        }
    }
}
