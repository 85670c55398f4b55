import Transport

/// What the server says that the listeners' lines take of a stream (``RTCPReceiverEstimate``). It says so again and again:
/// a cap that is no more repeated ends.
struct ListenerCap {
    /// Some repetitions may be lost.
    private static let memory: Int64 = 5_000_000_000

    /// Bits per second with all headers, without copies; nil: no less than is wanted.
    private(set) var bitrate: Int?
    private var heard = MonotonicTime.zero

    /// True when it is another than before.
    mutating func take(_ bitrate: UInt64, now: MonotonicTime) -> Bool {
        heard = now
        // 0 is no limit in libwebrtc; more than a gigabit is none anywhere.
        let limit = bitrate == 0 || bitrate >= 1_000_000_000 ? nil : Int(bitrate)
        defer { self.bitrate = limit }
        return limit != self.bitrate
    }

    /// To be called now and then; true when the cap has ended.
    mutating func expire(now: MonotonicTime) -> Bool {
        guard bitrate != nil, now.nanoseconds(since: heard) > Self.memory else { return false }
        bitrate = nil
        return true
    }
}
