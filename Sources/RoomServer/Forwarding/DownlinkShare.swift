import RTP

/// One stream's part of what the way to a listener takes, and what follows from it. Copies are given up first, as far as
/// they do not fit. Then the publisher is asked for less: a listener who is alone is followed down to what is intelligible,
/// with others only as far as leaves a good voice, so that one bad line spoils neither music nor a room. What such a line does
/// not carry then is left out packet by packet, evenly: it would be dropped anyway, behind a queue of seconds.
package struct DownlinkShare {
    /// Payload bits per second of a channel that a listener among several cannot take from the others, and the frames that
    /// a voice may come in for it, ms. Richer streams than ``mostVoice``, and those of two channels, keep theirs. Where the
    /// publisher stays with shorter frames, their headers leave a voice 24 kb/s at least.
    package static let goodVoice = 32_000
    private static let goodVoiceFrame = 40
    private static let mostVoice = 64_000
    /// Payload bits per second of a stream's copies that one listener gets at most.
    static let richestCopies = 160_000
    /// Bits per second of copies for one listener: ``CopyAllowance``.
    private static let mostCopies = 200_000

    /// A stream, and who hears it.
    package struct Stream {
        /// Payload bits per second and frames as they come, and as they came when nothing held the publisher back.
        package var present: StreamPlan.Wish
        package var free: StreamPlan.Wish
        package var channels = 1
        /// The publisher sends a copy of the packet before along with each.
        package var hasNearCopies = false
        /// All listeners of it, on every worker.
        package var listeners = 1
        /// The publisher can be told what the listeners' lines take.
        package var takesEstimates = true
        /// The listener takes copies.
        package var takesCopies = true
        /// Sound came lately; else the stream is silent, and takes nothing of the way.
        package var isActive = true

        package init(present: StreamPlan.Wish, free: StreamPlan.Wish) {
            self.present = present
            self.free = free
        }

        private static func demand(_ wish: StreamPlan.Wish) -> Int {
            StreamPlan.demand(bitrate: wish.bitrate, frameMilliseconds: wish.frameMilliseconds)
        }

        /// Bits per second with all headers that the listener would have of it if it could.
        package func demand(level: RedundancyLevel) -> Int {
            let level = takesCopies ? max(level, hasNearCopies ? .light : .none) : .none
            return Self.demand(free) + min(level.copies * free.bitrate, DownlinkShare.mostCopies)
        }

        /// … that it can be brought down to.
        ///
        /// Where that is what comes anyway, loss cannot be tried out by sending less (`LossTrial`): it shows nothing, the leg
        /// gets the copies that its loss asks for, and what these do to the loss is tried out by leaving them out again.
        package var least: Int {
            guard takesEstimates else { return ownDemand }
            return listeners > 1 ? floor : min(StreamPlan.leastDemand(free), Self.demand(free))
        }

        /// … that the listener can be brought down to, by leaving out packets where others keep the publisher at ``least``.
        package var bottom: Int { takesEstimates && listeners > 1 ? least / 2 : least }

        /// Bits per second without copies, as they come.
        var ownDemand: Int { Self.demand(present) }
        /// … as they come when nothing holds the publisher back.
        var freeDemand: Int { Self.demand(free) }

        /// … that one listener among several cannot take from the others.
        var floor: Int {
            let isVoice = channels == 1 && free.bitrate <= DownlinkShare.mostVoice
            let frame = isVoice ? max(free.frameMilliseconds, DownlinkShare.goodVoiceFrame) : free.frameMilliseconds
            return min(
                StreamPlan.demand(bitrate: channels * DownlinkShare.goodVoice, frameMilliseconds: frame), freeDemand)
        }
    }

    /// The most copies that there is room for.
    package private(set) var copyLimit = RedundancyLevel.heavy
    /// What the publisher is asked for: bits per second with all headers, without copies; nil: what it likes.
    package private(set) var ask: Int?
    private var plan: StreamPlan?
    /// The share of packets that go to the listener, and what has been put by for the next.
    private var kept = 1.0
    private var credit = 0.0

    package init() {}

    /// Whether the next packet goes to the listener.
    package mutating func passes() -> Bool {
        guard kept < 1 else { return true }
        credit += kept
        guard credit >= 1 else { return false }
        credit -= 1
        return true
    }

    /// Something follows from it.
    package var isLimited: Bool { plan != nil }

    /// Takes what the way has for the stream, in bits per second with all headers; nil: all that is wanted.
    package mutating func settle(budget: Int?, _ stream: Stream, feedback: RedundancyController) {
        guard let budget else {
            self = DownlinkShare()
            return
        }
        // Room for a copy is what is left beside the stream as it comes: a publisher who was asked for less leaves more.
        let spare = budget - stream.ownDemand
        let copies = min(max(spare / max(stream.present.bitrate, 1), 0), RedundancyLevel.heavy.copies)
        copyLimit = RedundancyLevel(rawValue: UInt8(copies)) ?? .none
        let plan = Self.plan(stream, feedback, budget, present: self.plan)
        self.plan = plan
        let wanted = StreamPlan.demand(bitrate: plan.bitrate, frameMilliseconds: plan.frameMilliseconds)
        let allowed = stream.listeners > 1 ? max(wanted, stream.floor) : wanted
        ask = stream.takesEstimates && allowed < stream.freeDemand ? allowed : nil
        kept = stream.bottom < stream.least ? min(max(Double(budget) / Double(max(allowed, 1)), 0.5), 1) : 1
    }

    /// Who is alone has the publisher make room for copies, as far as the budget demands it: a frame of 28 kb/s with its copy
    /// stands a lossy line better than one of 48 without. Others do not pay for them.
    private static func plan(
        _ stream: Stream, _ feedback: RedundancyController, _ budget: Int, present: StreamPlan?
    ) -> StreamPlan {
        let plain = StreamPlan(stream.free, feedback: feedback, takesCopies: false, budget: budget, present: present)
        guard stream.takesCopies, stream.listeners <= 1 else { return plain }
        let copies = min(richestCopies / max(plain.bitrate, 1), RedundancyLevel.heavy.copies)
        return StreamPlan(
            stream.free, feedback: feedback, takesCopies: true, budget: budget, present: present,
            mostCopies: RedundancyLevel(rawValue: UInt8(copies)) ?? RedundancyLevel.none)
    }
}
