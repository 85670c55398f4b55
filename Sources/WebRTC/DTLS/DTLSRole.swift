/// Who opens the handshake (RFC 5763 section 5, `a=setup`).
package enum DTLSRole: Sendable {
    /// Sends the ClientHello.
    case active
    /// Waits for it.
    case passive
}
