import WebRTC

/// What an offer of WHIP or WHEP has to be (RFC 9725, section 4.4; draft-ietf-wish-whep, section 4).
struct OfferRules {
    /// Why an offer is not taken.
    enum Refusal: Error {
        /// It is no SDP: 400.
        case syntax(String)
        /// It is, but not one that can be accepted as a whole: 422.
        case unacceptable(String)
    }

    let kind: ResourceKind

    /// Checks the offer and tells the section that carries the stream.
    ///
    /// A WHIP offer is accepted whole or not at all, so that one with video is refused. A WHEP offer may ask for a video
    /// too, as players do without knowing the stream; that section is refused in the answer.
    func check(_ sdp: [UInt8]) throws(Refusal) -> (offer: String, mid: String, credentials: ICECredentials) {
        guard let text = String(validating: sdp, as: UTF8.self) else { throw .syntax("the offer is not UTF-8") }
        let offer: SessionDescription
        do {
            offer = try SessionDescription(text)
        } catch {
            throw .syntax(error.description)
        }
        let audio = offer.media.enumerated().filter { $0.element.kind == "audio" && !$0.element.isRejected }
        guard let (index, section) = audio.first else { throw .unacceptable("the offer has no audio") }
        guard audio.count == 1 else { throw .unacceptable("the offer has more than one audio section") }
        for other in offer.media where other.kind != "audio" {
            guard other.kind == "video" else { throw .unacceptable("sections of \(other.kind) are not taken") }
            guard kind == .whep else {
                throw .unacceptable("this server takes audio only; a WHIP offer is accepted as a whole or not at all")
            }
        }
        guard offer.media.count <= 2 else { throw .unacceptable("the offer has more than one video section") }
        if offer.media.count > 1, offer.bundledMids.count != offer.media.count {
            throw .unacceptable("all sections have to be in one BUNDLE group")
        }
        try checkDirection(offer.direction(of: section))
        let transport = offer.transport(of: section)
        guard transport.setup == .actpass || transport.setup == .active || transport.setup == nil else {
            throw .unacceptable("a=setup has to be actpass or active")
        }
        guard section.rtcpMux else { throw .unacceptable("a=rtcp-mux is missing") }
        guard section.opus != nil else { throw .unacceptable("Opus is not among the codecs") }
        guard Set(section.msids.compactMap { $0.split(separator: " ").first }).count <= 1 else {
            throw .unacceptable("the offer has more than one MediaStream")
        }
        guard let ufrag = transport.iceUfrag, let password = transport.icePassword else {
            throw .unacceptable("a=ice-ufrag and a=ice-pwd are missing")
        }
        let mid = section.mid ?? "section\(index)"
        return (text, mid, ICECredentials(ufrag: ufrag, password: password))
    }

    private func checkDirection(_ direction: MediaDirection) throws(Refusal) {
        switch kind {
        case .whip where !direction.sends: throw .unacceptable("a WHIP offer has to be sendonly (or sendrecv)")
        case .whep where !direction.receives: throw .unacceptable("a WHEP offer has to be recvonly (or sendrecv)")
        default: break
        }
    }
}
