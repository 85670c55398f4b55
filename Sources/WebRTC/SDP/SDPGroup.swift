/// An `a=group` line (RFC 5888); of interest is BUNDLE (RFC 9143).
package struct SDPGroup: Hashable, Sendable {
    package var semantics: String
    package var mids: [String]

    package init(semantics: String, mids: [String]) {
        self.semantics = semantics
        self.mids = mids
    }
}
