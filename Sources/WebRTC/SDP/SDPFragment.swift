/// What Trickle ICE and WHIP carry outside of offer and answer (`application/trickle-ice-sdpfrag`, RFC 8840 section 9):
/// the ICE lines of a description, under pseudo m-lines whose `a=mid` tells the section.
package struct SDPFragment: Hashable, Sendable {
    /// The ICE lines of one section.
    package struct Section: Hashable, Sendable {
        /// `audio`, as in the description's m-line.
        package var kind: String
        /// `UDP/TLS/RTP/SAVPF`
        package var transportProtocol: String
        package var mid: String
        /// `candidate:…`
        package var candidates: [String]
        package var endOfCandidates: Bool

        package init(
            kind: String, transportProtocol: String, mid: String, candidates: [String] = [],
            endOfCandidates: Bool = false
        ) {
            self.kind = kind
            self.transportProtocol = transportProtocol
            self.mid = mid
            self.candidates = candidates
            self.endOfCandidates = endOfCandidates
        }
    }

    package var iceLite = false
    package var iceOptions: [String] = []
    /// Of the one transport that the sections share; nil if the fragment has none.
    package var credentials: ICECredentials?
    package var sections: [Section]

    package init(credentials: ICECredentials? = nil, sections: [Section] = []) {
        self.credentials = credentials
        self.sections = sections
    }

    /// All candidates: in a bundle they belong to the one transport.
    package var candidates: [String] { sections.flatMap(\.candidates) }

    /// Reads a fragment: nothing but `a=` and `m=` lines, bounded like a description. A section without `a=mid`, or half
    /// of the credentials, is an error; where sections name different credentials the first ones count, as in a bundle.
    package init(_ text: String) throws(SDPError) {
        try Self.checkLines(of: text)
        let description: SessionDescription
        do {
            description = try SessionDescription(Self.frame + text)
        } catch {
            throw error.movedUp(by: Self.frameLines)
        }
        iceLite = description.iceLite
        iceOptions =
            description.transport.iceOptions + description.media.flatMap(\.transport.iceOptions)
        for transport in [description.transport] + description.media.map(\.transport) {
            guard (transport.iceUfrag == nil) == (transport.icePassword == nil) else {
                throw .missing(transport.iceUfrag == nil ? "a=ice-ufrag" : "a=ice-pwd")
            }
            if credentials == nil, let ufrag = transport.iceUfrag, let password = transport.icePassword {
                credentials = ICECredentials(ufrag: ufrag, password: password)
            }
        }
        sections = []
        for media in description.media {
            guard let mid = media.mid else { throw .missing("a=mid") }
            sections.append(
                Section(
                    kind: media.kind, transportProtocol: media.transportProtocol, mid: mid,
                    candidates: media.candidates, endOfCandidates: media.endOfCandidates))
        }
        guard credentials != nil || !sections.isEmpty else { throw .missing("m= or a=ice-ufrag") }
    }

    /// What makes a description of a fragment.
    private static let frame = "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\n"
    private static let frameLines = 2

    private static func checkLines(of text: String) throws(SDPError) {
        var number = 0
        for line in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            let isBlank = line.isEmpty || line.elementsEqual([0x0D])
            guard isBlank || line.starts(with: "a=".utf8) || line.starts(with: "m=".utf8) else {
                throw .malformed(line: number, reason: "a fragment has only a= and m= lines")
            }
        }
    }

    /// The fragment as text, with CRLF line ends.
    package func write() -> String {
        var lines: [String] = []
        if iceLite { lines.append("a=ice-lite") }
        if !iceOptions.isEmpty { lines.append("a=ice-options:\(iceOptions.joined(separator: " "))") }
        if sections.count > 1 { lines.append("a=group:BUNDLE \(sections.map(\.mid).joined(separator: " "))") }
        if let credentials {
            lines.append("a=ice-ufrag:\(credentials.ufrag)")
            lines.append("a=ice-pwd:\(credentials.password)")
        }
        for section in sections {
            // The port and the format mean nothing (RFC 8840, section 9).
            lines.append("m=\(section.kind) 9 \(section.transportProtocol) 0")
            lines.append("a=mid:\(section.mid)")
            lines += section.candidates.map { "a=\($0)" }
            if section.endOfCandidates { lines.append("a=end-of-candidates") }
        }
        return lines.joined(separator: "\r\n") + "\r\n"
    }
}

extension SDPError {
    /// The error with the line numbers of the text before `count` lines were put in front of it.
    fileprivate func movedUp(by count: Int) -> SDPError {
        switch self {
        case .tooMany(let what, let line): .tooMany(what: what, line: line - count)
        case .malformed(let line, let reason): .malformed(line: line - count, reason: reason)
        case .tooLong, .notSDP, .missing: self
        }
    }
}
