/// How one published stream makes use of its leg: copies against loss, the encoder's bitrate that pays for them, the length
/// of its frames, and what Opus spends on redundancy in band. A plain value, made anew whenever something is learned.
///
/// - Without loss and with room enough nothing is taken from what was asked for.
/// - With loss the copies of ``RedundancyLevel`` go along and the encoder's bitrate is lowered, so that all payload bytes
///   of a voice stay within 90 kb/s. Redundancy in band is for who cannot take copies, and by the measured loss only: it
///   brings back one packet of a run, and costs the encoder more than a copy does.
/// - With little room (``SendRateEstimator``) the headers are what counts: at 20 ms a frame they take 34 kb/s, at 60 ms 11.
///   Frames become longer before the voice becomes poorer than ``comfortable``, then copies are given up as far as they
///   would leave less than ``leastWithCopies`` to a frame's own packet, and the bitrate never falls below ``least``.
/// - What a listener's line takes (``RTCPReceiverEstimate``) holds for a frame's own packet, because copies end at the server.
package struct StreamPlan: Equatable, Sendable {
    /// What is intelligible, bits per second: Opus is speech in 8 kHz of bandwidth there.
    package static let least = 12_000
    /// What a voice is to have before its frames are made shorter.
    static let comfortable = 24_000
    /// What a frame's own packet is to have when there is room for copies.
    static let leastWithCopies = 16_000
    /// Bytes of a packet beside its payload: UDP over IPv4, RTP with extensions, the tag of SRTP.
    package static let packetOverhead = 84
    private static let frames = [5, 10, 20, 40, 60]

    /// What was asked for, and is never exceeded.
    package struct Wish: Equatable, Sendable {
        /// Payload bits per second.
        package var bitrate: Int
        /// 5, 10, 20, 40 or 60.
        package var frameMilliseconds: Int

        package init(bitrate: Int, frameMilliseconds: Int) {
            self.bitrate = bitrate
            self.frameMilliseconds = frameMilliseconds
        }
    }

    package private(set) var level: RedundancyLevel
    /// Of the encoder, payload bits per second.
    package private(set) var bitrate: Int
    package private(set) var frameMilliseconds: Int
    /// The hint for redundancy in band.
    package private(set) var expectedLossPercent = 0

    /// - Parameters:
    ///   - feedback: what is known of the loss.
    ///   - takesCopies: the far end has agreed to RED.
    ///   - budget: bits per second that the stream may take with all headers; nil: enough.
    ///   - cap: … that it may take without its copies; nil: no less.
    ///   - present: what holds now, so that the length of the frames does not go to and fro.
    ///   - mostCopies: where they may take what the budget has; nil: all payload bytes stay within 90 kb/s.
    package init(
        _ wish: Wish, feedback: RedundancyController, takesCopies: Bool, budget: Int? = nil, cap: Int? = nil,
        present: StreamPlan? = nil, mostCopies: RedundancyLevel? = nil
    ) {
        var (wish, wanted) = (wish, takesCopies ? min(feedback.level, mostCopies ?? .heavy) : .none)
        let isThrifty = mostCopies == nil
        (level, frameMilliseconds, bitrate) = (.none, wish.frameMilliseconds, wish.bitrate)
        if let cap {
            fit(into: cap, wish, .none, present?.frameMilliseconds, isThrifty)
            if frameMilliseconds > wish.frameMilliseconds { wanted = min(wanted, .light) }
            wish = Wish(bitrate: bitrate, frameMilliseconds: frameMilliseconds)
        }
        level = wanted
        bitrate = isThrifty ? wanted.primaryBitrate(of: wish.bitrate) : wish.bitrate
        if let budget { fit(into: budget, wish, wanted, present?.frameMilliseconds, isThrifty) }
        expectedLossPercent = level == .none ? feedback.expectedLossPercent : 0
    }

    /// Bits per second with all headers, when the encoder uses what it may.
    package var demand: Int { bitrate * (1 + level.copies) + Self.overhead(frameMilliseconds) }

    /// Bits per second that no thinner line can be served with.
    package static func leastDemand(_ wish: Wish) -> Int { least + overhead(60) }

    /// Bits per second of the frames' own packets, headers counted.
    package static func demand(bitrate: Int, frameMilliseconds: Int) -> Int {
        bitrate + overhead(frameMilliseconds)
    }

    private static func overhead(_ frameMilliseconds: Int) -> Int { packetOverhead * 8000 / frameMilliseconds }

    private mutating func fit(
        into budget: Int, _ wish: Wish, _ wanted: RedundancyLevel, _ presentFrame: Int?, _ isThrifty: Bool
    ) {
        guard demand > budget || presentFrame.map({ $0 > wish.frameMilliseconds }) ?? false else { return }
        let enough = min(wish.bitrate, Self.comfortable) * (wanted == .none ? 1 : 2)
        frameMilliseconds = 60
        for frame in Self.frames where frame >= wish.frameMilliseconds {
            // Shorter frames than now only with a quarter to spare.
            let isShorter = presentFrame.map { frame < $0 } ?? false
            guard budget - Self.overhead(frame) >= (isShorter ? enough + enough / 4 : enough) else { continue }
            frameMilliseconds = frame
            break
        }
        let payload = budget - Self.overhead(frameMilliseconds)
        // Frames that were made longer have the next copy as far away as four short ones; farther ones come too late.
        level = frameMilliseconds > wish.frameMilliseconds ? min(wanted, .light) : wanted
        while level != .none, payload / (1 + level.copies) < Self.leastWithCopies,
            let lower = RedundancyLevel(rawValue: level.rawValue - 1)
        {
            level = lower
        }
        let most = isThrifty ? level.primaryBitrate(of: wish.bitrate) : wish.bitrate
        bitrate = min(most, max(payload / (1 + level.copies), Self.least))
    }
}
