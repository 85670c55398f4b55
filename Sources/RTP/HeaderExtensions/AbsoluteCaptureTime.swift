/// When the first sample of a packet was captured (http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time): 8
/// bytes on the wire, 16 with the clock offset.
@frozen
package struct AbsoluteCaptureTime: Hashable, Sendable {
    /// By the clock of the capturing machine.
    package var time: NTPTime
    /// What to add to the capturer's clock to get the sender's, as a signed 32.32 fixed-point number of seconds; nil
    /// if the sender gave none.
    package var clockOffset: Int64?

    @inlinable
    package init(time: NTPTime, clockOffset: Int64? = nil) {
        self.time = time
        self.clockOffset = clockOffset
    }
}
