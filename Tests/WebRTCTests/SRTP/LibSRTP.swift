import CSRTP
import WebRTC

/// One direction of libsrtp2, the oracle of these tests.
final class LibSRTP {
    private let session: srtp_t

    // srtp_init may run only once; a static is initialised once.
    private static let isInitialised = srtp_init() == srtp_err_status_ok

    /// Nil if libsrtp2 refuses the key.
    init?(_ key: SRTPMasterKey, outbound: Bool) {
        guard LibSRTP.isInitialised else { return nil }
        var policy = srtp_policy_t()
        switch key.profile {
        case .aeadAES128GCM:
            srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp)
            srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp)
        case .aes128CMHMACSHA1_80:
            srtp_crypto_policy_set_rtp_default(&policy.rtp)
            srtp_crypto_policy_set_rtcp_default(&policy.rtcp)
        }
        policy.ssrc.type = outbound ? ssrc_any_outbound : ssrc_any_inbound
        policy.window_size = 1024
        var bytes = key.key + key.salt
        var made: srtp_t?
        let status = bytes.withUnsafeMutableBufferPointer { pointer in
            policy.key = pointer.baseAddress
            return srtp_create(&made, &policy)
        }
        guard status == srtp_err_status_ok, let made else { return nil }
        session = made
    }

    deinit {
        srtp_dealloc(session)
    }

    func protect(_ packet: [UInt8]) -> [UInt8]? { run(packet, srtp_protect) }
    func unprotect(_ packet: [UInt8]) -> [UInt8]? { run(packet, srtp_unprotect) }
    func protectRTCP(_ packet: [UInt8]) -> [UInt8]? { run(packet, srtp_protect_rtcp) }
    func unprotectRTCP(_ packet: [UInt8]) -> [UInt8]? { run(packet, srtp_unprotect_rtcp) }

    private func run(
        _ packet: [UInt8],
        _ function: (srtp_t?, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int32>?) -> srtp_err_status_t
    ) -> [UInt8]? {
        var buffer = packet + [UInt8](repeating: 0, count: Int(SRTP_MAX_TRAILER_LEN) + 4)
        var length = Int32(packet.count)
        guard function(session, &buffer, &length) == srtp_err_status_ok else { return nil }
        return Array(buffer[..<Int(length)])
    }
}
