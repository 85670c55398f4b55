/// The master keys of both directions of a DTLS-SRTP association.
package struct SRTPKeys: Equatable, Sendable {
    /// Protects what we send.
    package let local: SRTPMasterKey
    /// Protects what the peer sends.
    package let remote: SRTPMasterKey

    package var profile: SRTPProfile { local.profile }

    package init(local: SRTPMasterKey, remote: SRTPMasterKey) {
        self.local = local
        self.remote = remote
    }

    /// Bytes of keying material that the DTLS exporter is asked for.
    package static func keyingMaterialLength(_ profile: SRTPProfile) -> Int {
        2 * (SRTPProfile.masterKeyLength + profile.masterSaltLength)
    }

    /// Splits exported keying material (RFC 5764 section 4.2): client key, server key, client salt, server salt.
    ///
    /// - Throws: ``SRTPError/keyLength`` if it has another length than ``keyingMaterialLength(_:)``.
    package init(profile: SRTPProfile, keyingMaterial: [UInt8], isClient: Bool) throws(SRTPError) {
        guard keyingMaterial.count == SRTPKeys.keyingMaterialLength(profile) else { throw .keyLength }
        let key = SRTPProfile.masterKeyLength
        let salt = profile.masterSaltLength
        let client = try SRTPMasterKey(
            profile: profile, key: Array(keyingMaterial[0..<key]),
            salt: Array(keyingMaterial[2 * key..<2 * key + salt]))
        let server = try SRTPMasterKey(
            profile: profile, key: Array(keyingMaterial[key..<2 * key]),
            salt: Array(keyingMaterial[(2 * key + salt)...]))
        local = isClient ? client : server
        remote = isClient ? server : client
    }
}
