/// Reads a session description line by line.
struct SDPParser {
    private var session = SessionDescription(origin: SDPOrigin(sessionID: 0, version: 0))
    private var section: MediaDescription?
    private var sectionCodecs = SDPCodecTable()
    private var sawOrigin = false
    private var line = 0

    mutating func parse(_ text: String) throws(SDPError) -> SessionDescription {
        guard text.utf8.count <= SessionDescription.maximumLength else {
            throw .tooLong(bytes: text.utf8.count)
        }
        var sawVersion = false
        for bytes in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false) {
            line += 1
            guard line <= SessionDescription.maximumLines else { throw .tooMany(what: "lines", line: line) }
            var content = bytes
            if content.last == 0x0D { content.removeLast() }
            guard !content.isEmpty else { continue }
            guard !content.contains(0x0D), !content.contains(0) else { throw malformed("a CR or NUL in the line") }
            guard sawVersion else {
                guard content.elementsEqual("v=0".utf8) else { throw .notSDP }
                sawVersion = true
                continue
            }
            guard content.count >= 2, content[content.index(after: content.startIndex)] == UInt8(ascii: "=") else {
                throw malformed("not of the form x=value")
            }
            try readLine(content[content.startIndex], String(Substring(content.dropFirst(2))))
        }
        guard sawVersion else { throw .notSDP }
        guard sawOrigin else { throw .missing("o=") }
        endSection()
        return session
    }

    private func malformed(_ reason: String) -> SDPError {
        .malformed(line: line, reason: reason)
    }

    private mutating func readLine(_ type: UInt8, _ value: String) throws(SDPError) {
        switch type {
        case UInt8(ascii: "o"): try readOrigin(value)
        case UInt8(ascii: "s"): session.name = value
        case UInt8(ascii: "m"): try readMedia(value)
        case UInt8(ascii: "c"): section?.connection = value
        case UInt8(ascii: "a"):
            let parts = value.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            let content = parts.count == 2 ? String(parts[1]) : nil
            if section == nil {
                try readSessionAttribute(name, content)
            } else {
                try readMediaAttribute(name, content)
            }
        default: break  // i=, u=, e=, p=, b=, t=, r=, z=, k= say nothing that WebRTC uses.
        }
    }

    private mutating func readOrigin(_ value: String) throws(SDPError) {
        guard !sawOrigin else { throw malformed("a second o= line") }
        let parts = value.split(separator: " ", maxSplits: 3)
        guard parts.count == 4 else { throw malformed("o= needs a user name, two numbers and an address") }
        guard let sessionID = UInt64(parts[1]), let version = UInt64(parts[2]) else {
            throw malformed("the session ID and version of o= are not numbers")
        }
        session.origin = SDPOrigin(sessionID: sessionID, version: version)
        session.origin.username = String(parts[0])
        session.origin.address = String(parts[3])
        sawOrigin = true
    }

    private mutating func readMedia(_ value: String) throws(SDPError) {
        endSection()
        guard session.media.count < SessionDescription.maximumSections else {
            throw .tooMany(what: "sections", line: line)
        }
        let parts = value.split(separator: " ")
        guard parts.count >= 4 else { throw malformed("m= needs a medium, a port, a protocol and a format") }
        // With the number of ports behind a slash, perhaps.
        guard let port = UInt16(parts[1].prefix { $0 != "/" }) else { throw malformed("the port is not a number") }
        guard parts.count - 3 <= SessionDescription.maximumItems else { throw .tooMany(what: "formats", line: line) }
        section = MediaDescription(
            kind: String(parts[0]), port: port, transportProtocol: String(parts[2]),
            formats: parts[3...].map(String.init))
        sectionCodecs = SDPCodecTable()
    }

    private mutating func endSection() {
        guard var ended = section else { return }
        ended.codecs = sectionCodecs.codecs(of: ended.formats)
        session.media.append(ended)
        section = nil
    }

    private mutating func readSessionAttribute(_ name: String, _ value: String?) throws(SDPError) {
        if try readTransport(name, value, into: &session.transport) { return }
        switch name {
        case "group":
            let parts = try need(value, name).split(separator: " ").map(String.init)
            guard let semantics = parts.first else { throw malformed("an empty a=group") }
            try append(SDPGroup(semantics: semantics, mids: Array(parts.dropFirst())), to: &session.groups, "groups")
        case "ice-lite": session.iceLite = true
        case "extmap-allow-mixed": session.extmapAllowMixed = true
        case "extmap": try append(readExtension(value), to: &session.extensions, "header extensions")
        default:
            if let direction = MediaDirection(rawValue: name) {
                session.direction = direction
            } else {
                try append(SDPAttribute(name, value), to: &session.attributes, "attributes")
            }
        }
    }

    private mutating func readMediaAttribute(_ name: String, _ value: String?) throws(SDPError) {
        guard var media = section else { return }
        section = nil  // Else every change would copy the description.
        defer { section = media }
        if try readTransport(name, value, into: &media.transport) { return }
        switch name {
        case "mid":
            let mid = try need(value, name)
            guard 1...64 ~= mid.utf8.count, !mid.contains(" ") else { throw malformed("a mid is a token") }
            media.mid = mid
        case "candidate": try append("candidate:" + need(value, name), to: &media.candidates, "candidates")
        case "end-of-candidates": media.endOfCandidates = true
        case "rtcp-mux": media.rtcpMux = true
        case "rtcp-mux-only": media.rtcpMuxOnly = true
        case "rtcp-rsize": media.rtcpReducedSize = true
        case "bundle-only": media.bundleOnly = true
        case "extmap-allow-mixed": media.extmapAllowMixed = true
        case "extmap": try append(readExtension(value), to: &media.extensions, "header extensions")
        case "msid": try append(need(value, name), to: &media.msids, "msids")
        case "ssrc": try readSource(need(value, name), into: &media.sources)
        case "rtpmap": try readCodecLine(value, name) { $0.readMap($1, $2) }
        case "fmtp": try readCodecLine(value, name) { $0.readParameters($1, $2) }
        case "rtcp-fb": try readCodecLine(value, name) { $0.readFeedback($1, $2) }
        case "ptime": media.packetTime = value.flatMap { Int($0.trimmingSpaces()) }
        case "maxptime": media.maximumPacketTime = value.flatMap { Int($0.trimmingSpaces()) }
        default:
            if let direction = MediaDirection(rawValue: name) {
                media.direction = direction
            } else {
                try append(SDPAttribute(name, value), to: &media.attributes, "attributes")
            }
        }
    }

    /// Takes an attribute that may stand at both levels; false if it is none of them.
    private func readTransport(
        _ name: String, _ value: String?, into transport: inout TransportDescription
    ) throws(SDPError) -> Bool {
        switch name {
        case "ice-ufrag":
            let ufrag = try need(value, name)
            guard 4...256 ~= ufrag.utf8.count, ufrag.utf8.allSatisfy(Self.isICECharacter) else {
                throw malformed("an ice-ufrag has 4 to 256 characters of [A-Za-z0-9+/]")
            }
            transport.iceUfrag = ufrag
        case "ice-pwd":
            let password = try need(value, name)
            guard 22...256 ~= password.utf8.count, password.utf8.allSatisfy(Self.isICECharacter) else {
                throw malformed("an ice-pwd has 22 to 256 characters of [A-Za-z0-9+/]")
            }
            transport.icePassword = password
        case "ice-options": transport.iceOptions = try need(value, name).split(separator: " ").map(String.init)
        case "fingerprint":
            guard let fingerprint = SDPFingerprint(try need(value, name)) else {
                throw malformed("a fingerprint is an algorithm and bytes in hexadecimal")
            }
            try append(fingerprint, to: &transport.fingerprints, "fingerprints")
        case "setup":
            guard let setup = SDPSetup(rawValue: try need(value, name)) else {
                throw malformed("setup is active, passive, actpass or holdconn")
            }
            transport.setup = setup
        default: return false
        }
        return true
    }

    /// ice-char (RFC 8839, section 5.4), and `-` and `_`, which some stacks of the field put in.
    private static func isICECharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2F, 0x2D, 0x5F: true
        default: false
        }
    }

    private func readExtension(_ value: String?) throws(SDPError) -> SDPHeaderExtension {
        guard let header = SDPHeaderExtension(try need(value, "extmap")) else {
            throw malformed("an extmap is an identifier of 1 to 255 and a URI")
        }
        return header
    }

    private func readSource(_ value: String, into sources: inout [SDPSource]) throws(SDPError) {
        let parts = value.split(separator: " ", maxSplits: 1)
        guard let first = parts.first, let ssrc = UInt32(first) else { throw malformed("an SSRC is a 32-bit number") }
        let index: Int
        if let known = sources.firstIndex(where: { $0.ssrc == ssrc }) {
            index = known
        } else {
            index = sources.count
            try append(SDPSource(ssrc: ssrc), to: &sources, "sources")
        }
        guard parts.count == 2 else { return }
        let attribute = parts[1].split(separator: ":", maxSplits: 1)
        guard attribute.count == 2 else { return }
        switch attribute[0] {
        case "cname": sources[index].cname = String(attribute[1])
        case "msid": sources[index].msid = String(attribute[1])
        default: break
        }
    }

    private mutating func readCodecLine(
        _ value: String?, _ name: String, _ take: (inout SDPCodecTable, Substring, Substring) -> Bool
    ) throws(SDPError) {
        let text = try need(value, name)
        let parts = text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, take(&sectionCodecs, parts[0], parts[1]) else {
            throw malformed("a=\(name) needs a payload type and a value")
        }
        guard sectionCodecs.count <= SessionDescription.maximumItems else {
            throw .tooMany(what: "codec lines", line: line)
        }
    }

    private func need(_ value: String?, _ name: String) throws(SDPError) -> String {
        guard let value, !value.isEmpty else { throw malformed("a=\(name) has no value") }
        return value
    }

    private func append<Item>(_ item: Item, to list: inout [Item], _ what: String) throws(SDPError) {
        guard list.count < SessionDescription.maximumItems else { throw .tooMany(what: what, line: line) }
        list.append(item)
    }
}
