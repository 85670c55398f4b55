import Transport

/// What offers and answers have in common.
extension PeerConnection {
    static func parse(_ sdp: String) throws(PeerConnectionError) -> SessionDescription {
        do {
            return try SessionDescription(sdp)
        } catch {
            throw .syntax(error)
        }
    }

    /// What any description has to say of the transport.
    func checkTransport(
        _ transport: TransportDescription
    ) throws(PeerConnectionError) -> (ICECredentials, [SDPFingerprint]) {
        guard let ufrag = transport.iceUfrag, let password = transport.icePassword else {
            throw .unsupported(reason: "no a=ice-ufrag and a=ice-pwd")
        }
        guard transport.fingerprints.contains(where: { $0.algorithm == "sha-256" }) else {
            throw .unsupported(reason: "no a=fingerprint by sha-256")
        }
        if dtls != nil, !transport.fingerprints.contains(where: remoteFingerprints.contains) {
            throw .unsupported(reason: "the certificate has changed during the session")
        }
        return (ICECredentials(ufrag: ufrag, password: password), transport.fingerprints)
    }

    func audioSection(mid: String?, direction: MediaDirection, codecs: [SDPCodec]) -> MediaDescription {
        var media = MediaDescription(
            kind: "audio", port: 9, transportProtocol: AudioFormats.transportProtocol,
            formats: codecs.map { String($0.payloadType) })
        media.connection = "IN IP4 0.0.0.0"
        media.mid = mid
        media.direction = direction
        media.codecs = codecs
        media.rtcpMux = true
        media.rtcpReducedSize = true
        return media
    }

    func addTransport(to media: inout MediaDescription, setup: SDPSetup) {
        media.transport.iceUfrag = ice.localCredentials.ufrag
        media.transport.icePassword = ice.localCredentials.password
        if configuration.role == .client { media.transport.iceOptions = ["trickle"] }
        media.transport.fingerprints = [
            SDPFingerprint(algorithm: "sha-256", digest: configuration.certificate.fingerprint)
        ]
        media.transport.setup = setup
    }

    func addCandidates(to media: inout MediaDescription) {
        media.candidates = ice.localCandidates.filter { $0.kind != .peerReflexive }.map(\.line)
        media.endOfCandidates = ice.isGatheringComplete
        signalledCandidates = (signalledCandidates ?? []).union(media.candidates)
    }

    func add(_ track: LocalTrack, to media: inout MediaDescription) {
        let stream = StreamIdentifier.encode(track.streamID)
        let msid = "\(stream) \(stream)"
        media.msids = [msid]
        media.sources = [SDPSource(ssrc: track.ssrc, cname: StreamIdentifier.encode(track.cname), msid: msid)]
    }

    /// Candidates of a description; in a bundle all belong to the one transport.
    func addCandidates(of sections: [MediaDescription], now: MonotonicTime) {
        for section in sections {
            for line in section.candidates {
                if let candidate = ICECandidate(line) { ice.addRemoteCandidate(candidate, now: now) }
            }
        }
    }
}
