import MediaIO

/// Where publishers put their frames.
struct EncodedFrameOutput: BitwiseCopyable {
    let ring: SPSCRing.Producer
    let ready: EventFD.Signaller
    /// Counts what found the ring full.
    let dropped: UnsafeMutablePointer<SystemCells>
}
