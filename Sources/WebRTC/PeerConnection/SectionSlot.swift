/// An m-line of a ``PeerConnection`` with what is wanted of it and what was agreed.
struct SectionSlot {
    let kind: String
    /// Nil: the offer gave none, so none is written.
    let writtenMid: String?
    /// What the offering side wants next.
    var use = SectionUse.inactive
    /// Refused (port 0).
    var isRejected = false
    var negotiated: NegotiatedSection

    init(index: Int, mid: String, writtenMid: String?, kind: String) {
        self.kind = kind
        self.writtenMid = writtenMid
        negotiated = NegotiatedSection(
            index: index, mid: mid, direction: .inactive, opusPayloadType: AudioFormats.opusPayloadType,
            redPayloadType: AudioFormats.redPayloadType, prefersRED: false, opus: OpusParameters(), nack: false,
            transportFeedback: false, receiverEstimate: false, extensions: AudioFormats.offeredExtensions,
            localTrack: nil,
            remoteSSRCs: [], remoteStreamID: nil)
    }
}
