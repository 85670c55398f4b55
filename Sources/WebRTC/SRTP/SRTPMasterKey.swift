/// The master key and salt of one direction.
package struct SRTPMasterKey: Equatable, Sendable {
    package let profile: SRTPProfile
    /// ``SRTPProfile/masterKeyLength`` bytes.
    package let key: [UInt8]
    /// ``SRTPProfile/masterSaltLength`` bytes.
    package let salt: [UInt8]

    /// - Throws: ``SRTPError/keyLength`` if key or salt have not the length that the profile wants.
    package init(profile: SRTPProfile, key: [UInt8], salt: [UInt8]) throws(SRTPError) {
        guard key.count == SRTPProfile.masterKeyLength, salt.count == profile.masterSaltLength else {
            throw .keyLength
        }
        self.profile = profile
        self.key = key
        self.salt = salt
    }
}
