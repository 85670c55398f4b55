/// Who opens the DTLS connection (RFC 4145, section 4; RFC 5763, section 5).
package enum SDPSetup: String, Sendable {
    case active
    case passive
    case actpass
    case holdconn
}
