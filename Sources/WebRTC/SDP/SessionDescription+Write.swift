extension SessionDescription {
    /// The description as text, with CRLF line ends, in the order that RFC 8866 demands.
    package func write() -> String {
        var lines: [String] = []
        lines.append("v=0")
        lines.append("o=\(origin.username) \(origin.sessionID) \(origin.version) \(origin.address)")
        lines.append("s=\(name)")
        lines.append("t=0 0")
        for group in groups { lines.append("a=group:" + ([group.semantics] + group.mids).joined(separator: " ")) }
        if iceLite { lines.append("a=ice-lite") }
        if extmapAllowMixed { lines.append("a=extmap-allow-mixed") }
        if let direction { lines.append("a=\(direction.rawValue)") }
        transport.write(into: &lines)
        for header in extensions { lines.append("a=extmap:\(header.text)") }
        for attribute in attributes { lines.append(attribute.line) }
        for section in media { section.write(into: &lines) }
        return lines.joined(separator: "\r\n") + "\r\n"
    }
}

extension SDPAttribute {
    fileprivate var line: String { value.map { "a=\(name):\($0)" } ?? "a=\(name)" }
}

extension TransportDescription {
    fileprivate func write(into lines: inout [String]) {
        if let iceUfrag { lines.append("a=ice-ufrag:\(iceUfrag)") }
        if let icePassword { lines.append("a=ice-pwd:\(icePassword)") }
        if !iceOptions.isEmpty { lines.append("a=ice-options:\(iceOptions.joined(separator: " "))") }
        for fingerprint in fingerprints { lines.append("a=fingerprint:\(fingerprint.text)") }
        if let setup { lines.append("a=setup:\(setup.rawValue)") }
    }
}

extension MediaDescription {
    fileprivate func write(into lines: inout [String]) {
        lines.append("m=\(kind) \(port) \(transportProtocol) \(formats.joined(separator: " "))")
        if let connection { lines.append("c=\(connection)") }
        if let mid { lines.append("a=mid:\(mid)") }
        if let direction { lines.append("a=\(direction.rawValue)") }
        transport.write(into: &lines)
        if rtcpMux { lines.append("a=rtcp-mux") }
        if rtcpMuxOnly { lines.append("a=rtcp-mux-only") }
        if rtcpReducedSize { lines.append("a=rtcp-rsize") }
        if bundleOnly { lines.append("a=bundle-only") }
        if extmapAllowMixed { lines.append("a=extmap-allow-mixed") }
        for header in extensions { lines.append("a=extmap:\(header.text)") }
        for codec in codecs {
            let channels = codec.channels == 1 ? "" : "/\(codec.channels)"
            lines.append("a=rtpmap:\(codec.payloadType) \(codec.name)/\(codec.clockRate)\(channels)")
            if let parameters = codec.formatParameters { lines.append("a=fmtp:\(codec.payloadType) \(parameters)") }
            for feedback in codec.feedback { lines.append("a=rtcp-fb:\(codec.payloadType) \(feedback)") }
        }
        if let packetTime { lines.append("a=ptime:\(packetTime)") }
        if let maximumPacketTime { lines.append("a=maxptime:\(maximumPacketTime)") }
        for msid in msids { lines.append("a=msid:\(msid)") }
        for source in sources {
            if source.cname == nil, source.msid == nil { lines.append("a=ssrc:\(source.ssrc)") }
            if let cname = source.cname { lines.append("a=ssrc:\(source.ssrc) cname:\(cname)") }
            if let msid = source.msid { lines.append("a=ssrc:\(source.ssrc) msid:\(msid)") }
        }
        for candidate in candidates { lines.append("a=\(candidate)") }
        if endOfCandidates { lines.append("a=end-of-candidates") }
        for attribute in attributes { lines.append(attribute.line) }
    }
}
