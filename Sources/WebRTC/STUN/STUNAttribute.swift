/// Attribute types (RFC 8489, section 18.3; RFC 8445, section 16.1; RFC 8656, section 18).
package enum STUNAttribute {
    package static let mappedAddress: UInt16 = 0x0001
    package static let username: UInt16 = 0x0006
    package static let messageIntegrity: UInt16 = 0x0008
    package static let errorCode: UInt16 = 0x0009
    package static let unknownAttributes: UInt16 = 0x000A
    package static let channelNumber: UInt16 = 0x000C
    package static let lifetime: UInt16 = 0x000D
    package static let xorPeerAddress: UInt16 = 0x0012
    package static let data: UInt16 = 0x0013
    package static let realm: UInt16 = 0x0014
    package static let nonce: UInt16 = 0x0015
    package static let xorRelayedAddress: UInt16 = 0x0016
    package static let requestedAddressFamily: UInt16 = 0x0017
    package static let requestedTransport: UInt16 = 0x0019
    package static let messageIntegritySHA256: UInt16 = 0x001C
    package static let passwordAlgorithm: UInt16 = 0x001D
    package static let xorMappedAddress: UInt16 = 0x0020
    package static let priority: UInt16 = 0x0024
    package static let useCandidate: UInt16 = 0x0025
    package static let passwordAlgorithms: UInt16 = 0x8002
    package static let alternateDomain: UInt16 = 0x8003
    package static let alternateServer: UInt16 = 0x8023
    package static let fingerprint: UInt16 = 0x8028
    package static let iceControlled: UInt16 = 0x8029
    package static let iceControlling: UInt16 = 0x802A

    /// Comprehension-required attributes that this implementation may meet and understands or may safely pass over
    /// (those of TURN and the realm are of no consequence for a binding).
    static func isKnown(_ type: UInt16) -> Bool {
        switch type {
        case mappedAddress, username, messageIntegrity, errorCode, unknownAttributes, realm, nonce,
            messageIntegritySHA256, xorMappedAddress, priority, useCandidate, passwordAlgorithm, 0x001E:
            true
        default: false
        }
    }
}
