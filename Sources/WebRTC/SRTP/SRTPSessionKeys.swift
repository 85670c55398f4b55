/// The session keys of one direction (RFC 3711 section 4.3), made from a master key; RTP and RTCP have their own.
package struct SRTPSessionKeys: Equatable, Sendable {
    /// The keys of RTP or of RTCP.
    package struct Material: Equatable, Sendable {
        /// 16 bytes.
        package let encryption: [UInt8]
        /// 20 bytes; empty for GCM, which authenticates with the encryption key.
        package let authentication: [UInt8]
        /// ``SRTPProfile/masterSaltLength`` bytes.
        package let salt: [UInt8]

        package init(encryption: [UInt8], authentication: [UInt8] = [], salt: [UInt8]) {
            self.encryption = encryption
            self.authentication = authentication
            self.salt = salt
        }
    }

    package let profile: SRTPProfile
    package let rtp: Material
    package let rtcp: Material

    /// - Throws: ``SRTPError/keyLength`` if a key has not the length that the profile wants.
    package init(profile: SRTPProfile, rtp: Material, rtcp: Material) throws(SRTPError) {
        let authenticationLength = profile == .aeadAES128GCM ? 0 : 20
        for material in [rtp, rtcp] {
            guard material.encryption.count == 16, material.authentication.count == authenticationLength,
                material.salt.count == profile.masterSaltLength
            else { throw .keyLength }
        }
        self.profile = profile
        self.rtp = rtp
        self.rtcp = rtcp
    }

    /// Derives all session keys of a direction.
    ///
    /// - Throws: ``SRTPError/cryptography``.
    package init(_ master: SRTPMasterKey) throws(SRTPError) {
        let profile = master.profile
        func key(_ label: KeyDerivation.Label, _ length: Int) throws(SRTPError) -> [UInt8] {
            length == 0 ? [] : try KeyDerivation.sessionKey(label, length: length, from: master)
        }
        let authenticationLength = profile == .aeadAES128GCM ? 0 : 20
        try self.init(
            profile: profile,
            rtp: Material(
                encryption: key(.rtpEncryption, 16), authentication: key(.rtpAuthentication, authenticationLength),
                salt: key(.rtpSalt, profile.masterSaltLength)),
            rtcp: Material(
                encryption: key(.rtcpEncryption, 16), authentication: key(.rtcpAuthentication, authenticationLength),
                salt: key(.rtcpSalt, profile.masterSaltLength)))
    }
}
