/// An RTP stream that this side sends in a section, as it is announced in SDP (`a=ssrc`, `a=msid`).
package struct LocalTrack: Hashable, Sendable {
    package var ssrc: UInt32
    /// The stream identifier of `a=msid` (here: the stream ID of the room). Characters that SDP's token grammar does
    /// not allow are written percent-encoded, and decoded again in ``NegotiatedSection/remoteStreamID``.
    package var streamID: String
    /// The canonical name of RTCP SDES and `a=ssrc`.
    package var cname: String
    /// Whether the stream may be stereo (`sprop-stereo=1`).
    package var stereo: Bool

    package init(ssrc: UInt32, streamID: String, cname: String, stereo: Bool = false) {
        self.ssrc = ssrc
        self.streamID = streamID
        self.cname = cname
        self.stereo = stereo
    }
}
