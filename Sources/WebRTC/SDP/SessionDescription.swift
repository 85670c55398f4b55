/// A session description (RFC 8866) as WebRTC uses it: typed where this implementation gives a meaning, the rest kept
/// as it was. Reading what ``write()`` wrote gives an equal value.
package struct SessionDescription: Hashable, Sendable {
    /// No honest description of ours comes near this.
    package static let maximumLength = 65_536
    package static let maximumSections = 256
    static let maximumLines = 8192
    /// Of one kind (candidates, codecs, sources…) in one section.
    static let maximumItems = 256

    package var origin: SDPOrigin
    package var name = "-"
    package var groups: [SDPGroup] = []
    package var iceLite = false
    package var extmapAllowMixed = false
    package var direction: MediaDirection?
    package var transport = TransportDescription()
    package var extensions: [SDPHeaderExtension] = []
    package var attributes: [SDPAttribute] = []
    package var media: [MediaDescription] = []

    package init(origin: SDPOrigin) {
        self.origin = origin
    }

    /// Reads a description. Tolerant where RFC 8866 section 5 is strict without need (order and presence of `s=` and
    /// `t=`, line ends), strict about what would be misunderstood.
    package init(_ text: String) throws(SDPError) {
        var parser = SDPParser()
        self = try parser.parse(text)
    }

    /// The mids of the first BUNDLE group, in order: the first is the one whose transport counts (RFC 9143).
    package var bundledMids: [String] { groups.first { $0.semantics == "BUNDLE" }?.mids ?? [] }

    /// The transport of a section, the session's values filled in.
    package func transport(of section: MediaDescription) -> TransportDescription {
        section.transport.inheriting(transport)
    }

    /// The direction of a section as its sender sees it.
    package func direction(of section: MediaDescription) -> MediaDirection {
        section.direction ?? direction ?? .sendrecv
    }

    /// The header extensions of a section, the session's included.
    package func extensions(of section: MediaDescription) -> [SDPHeaderExtension] {
        section.extensions + extensions.filter { own in !section.extensions.contains { $0.uri == own.uri } }
    }
}
