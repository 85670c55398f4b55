/// The error codes that ICE needs (RFC 8489, section 14.8; RFC 8445, section 16.1).
package enum STUNErrorCode: UInt16, Sendable {
    case badRequest = 400
    case unauthenticated = 401
    case unknownAttribute = 420
    case roleConflict = 487

    var reason: StaticString {
        switch self {
        case .badRequest: "Bad Request"
        case .unauthenticated: "Unauthenticated"
        case .unknownAttribute: "Unknown Attribute"
        case .roleConflict: "Role Conflict"
        }
    }
}
