/// The `o=` line (RFC 8866, section 5.2).
package struct SDPOrigin: Hashable, Sendable {
    package var username = "-"
    package var sessionID: UInt64
    package var version: UInt64
    /// Network type, address type and address, of no consequence for WebRTC.
    package var address = "IN IP4 127.0.0.1"

    package init(sessionID: UInt64, version: UInt64) {
        self.sessionID = sessionID
        self.version = version
    }
}
