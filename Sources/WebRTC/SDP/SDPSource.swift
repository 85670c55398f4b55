/// A synchronisation source announced by `a=ssrc` lines (RFC 5576).
package struct SDPSource: Hashable, Sendable {
    package var ssrc: UInt32
    package var cname: String?
    /// `stream track`.
    package var msid: String?

    package init(ssrc: UInt32, cname: String? = nil, msid: String? = nil) {
        self.ssrc = ssrc
        self.cname = cname
        self.msid = msid
    }
}
