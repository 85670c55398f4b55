import Transport

/// Puts the packets of one received stream into order and decides, whenever sound is needed, what comes next.
///
/// It is a value machine: packets go in with their time of arrival, ``next(at:)`` is asked with the time at which the
/// sound is needed, and nothing is read from a clock or kept elsewhere. All memory is taken at the start.
///
/// **One quantity rules it: the delay.** Every RTP timestamp has a moment at which it would be heard if it had come by
/// the fastest path and were played at once: its time plus the base transit that ``DelayEstimator`` learned. The
/// *delay* is how much later it is really played. It is the same for every packet as long as sound flows in step,
/// whatever the single packet's path did; a packet whose relative delay is larger comes too late. Nothing has to be
/// smoothed to know it, as a count of waiting packets would have to be: it is exact with every packet.
///
/// **The loop**, from the packet's arrival to the ear:
///
/// 1. The estimator makes a *target* out of relative delays: the delay at which lost sound and waiting cost least
///    together, and the length of a block on top, held within the caller's range.
/// 2. While buffering, the first packet starts exactly when its delay reaches the target.
/// 3. Each decoded packet carries its *excess* over the target. ``StretchPolicy`` decides from it, and from what is
///    heard at the moment, whether time is to be stretched, how much, and how good the place must be;
///    ``TimeStretcher`` looks for that place and cuts or repeats one pitch period. Within a few milliseconds of the
///    target nothing is cut: there, and against the drift of two clocks, ``DriftCorrector`` plays a few millionths
///    faster or slower.
/// 4. What was cut or repeated shows in the delay of the next packet. That closes the loop; there is no other state.
///
/// The three work at different speeds: the target moves in seconds, stretching takes away 50 ms and more of each
/// second while there is an excess (half of the time once it is over 100 ms: a conversation has to come back after a
/// stall), drift is learned in a minute.
///
/// **When a packet is missing** at its turn, there are three cases:
/// 1. *Nothing is there at all.* It may be late, not lost: the block is filled up and the turn does not move on, so a
///    late packet is still played (the delay has grown by what was made up, which is what a longer path calls for).
/// 2. *A later one is there, and as much was made up as the gap is long:* the gap has passed. On to the later one; the
///    delay is what it was.
/// 3. *A later one is there, and the gap is not over:* if the very next packet carries a redundant copy, that is
///    decoded; else the rest of the gap is made up, frame by frame, and the turn moves on.
///
/// **Silence of the sender (DTX).** A packet of two bytes at most says that nothing is to be heard. What does not come
/// behind it is neither missing nor late: the decoder goes on with the noise of the far room, nothing of that counts as
/// made up, and the numbers and times of the next packet tell when it belongs. The record of arrivals sees packets only,
/// so that a pause does not move the target.
///
/// **Repairs need time.** A copy that came inside a later packet (RED, or in band), and a packet that was sent again,
/// are late by nature: of use only when the delay is long enough. The estimator is told of the first of each lost
/// packet's, whether it came in time or not, so that the target grows to the useful copies while there is loss and
/// comes down after it.
///
/// **Too much.** After one second without anything the stream counts as paused: the next packet is buffered like a first
/// one. A delay more than half a second over the target (a long stall whose packets all came at once), or over the
/// caller's maximum, is cut at once by skipping. When it was this machine that stood still, the caller says so
/// (``noteStall(until:)``): what arrives at the end of that tells nothing of the path, so the target stays and the
/// excess is worked off at once.
///
/// **Restarts.** A sequence number far from the others is believed only when its successor follows (RFC 3550 A.1), so
/// a stray packet does no harm and a publisher that restarts is heard again after two packets. A transit that jumps by
/// more than two seconds means another clock or another timestamp offset: the stream begins anew with that packet.
package struct JitterBuffer: ~Copyable {
    /// On top of what the path asks: a block is made at once, so what is heard at its end must be there at its
    /// beginning; and what a clock whose drift is being learned takes away meanwhile. For blocks of 10 ms.
    package static var reserve: Int64 { @_noAllocation @_noLocks get { AudioLimits.blockNanoseconds + margin } }
    private static var margin: Int64 { 1_000_000 }
    private static var pause: Int { 48_000 }
    private static var catchUpAbove: Int64 { 500_000_000 }
    private static var step: Int { 120 }
    private static var farAway: Int64 { Int64(PacketStore.capacity) - 64 }
    private static var clockJump: Int64 { 2_000_000_000 }

    private enum Phase: BitwiseCopyable {
        case idle
        case buffering
        case playing
    }

    private var store = PacketStore()
    private var estimator = DelayEstimator()
    private var phase = Phase.idle
    private var hasBegun = false
    private var minimumDelay: Int64 = 0
    private var maximumDelay = Int64(AudioLimits.maximumBufferMilliseconds) * 1_000_000

    /// The highest sequence number and its timestamp, unwrapped.
    private var highestSequence: Int64 = 0
    private var highestTimestamp: Int64 = 0
    /// With which the stream began.
    private var firstSequence: Int64 = 0
    /// Whose turn it is.
    private var nextSequence: Int64 = 0
    private var nextTimestamp: Int64 = 0
    private var lastDuration = 960
    /// Samples made up while the turn did not move on.
    private var expanded = 0
    /// The packet played last said that nothing is to be heard: what does not come is not missing.
    private var isQuiet = false
    /// The number that would confirm a far one.
    private var suspectedSequence: UInt16?
    private var jumpPending = false

    package private(set) var counters = JitterBufferCounters()
    /// Of the last decision, ns.
    package private(set) var delay: Int64 = 0

    /// The time over which sound is asked for in one go, ns: a block. (A card with longer periods takes several blocks at
    /// once, each of them later than it might have asked for it, never earlier: that is delay of the card.)
    package var pullStep = AudioLimits.blockNanoseconds

    package init() {}

    /// What it aims at, ns.
    package var target: Int64 {
        @_noAllocation @_noLocks get {
            let reserve = pullStep + JitterBuffer.margin
            let wanted = max(estimator.target + reserve, minimumDelay)
            return min(wanted, max(maximumDelay, reserve))
        }
    }

    /// The caller's bounds for the delay.
    @_noAllocation @_noLocks
    package mutating func setRange(minimumMilliseconds: Int32, maximumMilliseconds: Int32) {
        minimumDelay = Int64(minimumMilliseconds) * 1_000_000
        maximumDelay = Int64(maximumMilliseconds) * 1_000_000
    }

    /// The machine on which this plays stood still until now: packets that arrive before `moment` are no later than
    /// others by the path's fault.
    @_noAllocation @_noLocks
    package mutating func noteStall(until moment: MonotonicTime) {
        estimator.excuse(until: moment)
    }

    /// Whether the packet whose turn it is waits here, so that it can be decoded before its time.
    package var hasNext: Bool {
        @_noAllocation @_noLocks get { phase == .playing && store.packet(nextSequence) != nil }
    }

    // MARK: In

    /// Takes a packet that arrived.
    @_noAllocation @_noLocks
    package mutating func insert(
        sequenceNumber: UInt16, timestamp: UInt32, arrival: MonotonicTime, payload: UnsafeRawBufferPointer
    ) -> Insertion {
        guard payload.count <= AudioLimits.maximumReceivedPayload, let duration = VoiceDecoder.samples(in: payload)
        else {
            counters.malformed += 1
            return .malformed
        }
        counters.received += 1
        if !hasBegun {
            hasBegun = true
            return restart(sequenceNumber, timestamp, arrival, duration, payload)
        }
        let step = Int64(Int16(bitPattern: sequenceNumber &- UInt16(truncatingIfNeeded: highestSequence)))
        if abs(step) > JitterBuffer.farAway {
            guard suspectedSequence == sequenceNumber else {
                suspectedSequence = sequenceNumber &+ 1
                return .suspicious
            }
            return restart(sequenceNumber, timestamp, arrival, duration, payload)
        }
        suspectedSequence = nil
        let sequence = highestSequence + step
        let ticks = Int64(Int32(bitPattern: timestamp &- UInt32(truncatingIfNeeded: highestTimestamp)))
        let unwrapped = highestTimestamp + ticks
        let transit = arrival.nanoseconds - JitterBuffer.nanoseconds(unwrapped)
        if abs(transit - estimator.base) > JitterBuffer.clockJump, sequence > highestSequence {
            return restart(sequenceNumber, timestamp, arrival, duration, payload)
        }
        if sequence > highestSequence {
            estimator.record(transit: transit, arrival: arrival, step: sequence - highestSequence)
            if sequence > highestSequence + 1, VoiceDecoder.hasRedundancy(payload) {
                noteRepair(of: sequence - 1, timestamp: unwrapped - Int64(duration), arrival: arrival)
            }
            highestSequence = sequence
            highestTimestamp = unwrapped
        } else if !store.wasPlayed(sequence), store.packet(sequence) == nil {
            estimator.recordStraggler(transit: transit, arrival: arrival)
        }
        return keep(sequence, unwrapped, duration, payload, isRedundant: false)
    }

    /// Counts a payload that could not even be taken apart.
    @_noAllocation @_noLocks
    package mutating func countMalformed() {
        counters.malformed += 1
    }

    /// Takes a redundant block (RFC 2198) that came inside the packet with `sequenceNumber` and `timestamp`, which was
    /// inserted before; the block's sound began `timestampOffset` earlier.
    @_noAllocation @_noLocks
    package mutating func insertRedundant(
        timestampOffset: Int, sequenceNumber: UInt16, timestamp: UInt32, arrival: MonotonicTime,
        payload: UnsafeRawBufferPointer
    ) {
        guard phase != .idle, timestampOffset > 0, payload.count <= AudioLimits.maximumReceivedPayload,
            let duration = VoiceDecoder.samples(in: payload), timestampOffset % duration == 0
        else { return }
        let step = Int64(Int16(bitPattern: sequenceNumber &- UInt16(truncatingIfNeeded: highestSequence)))
        guard abs(step) <= JitterBuffer.farAway else { return }
        // RED does not tell the sequence number: frames of one length are taken for granted, as every receiver does.
        let sequence = highestSequence + step - Int64(timestampOffset / duration)
        let ticks = Int64(Int32(bitPattern: timestamp &- UInt32(truncatingIfNeeded: highestTimestamp)))
        let unwrapped = highestTimestamp + ticks - Int64(timestampOffset)
        guard highestSequence - sequence < JitterBuffer.farAway, store.packet(sequence) == nil,
            !store.wasPlayed(sequence)
        else { return }
        noteRepair(of: sequence, timestamp: unwrapped, arrival: arrival)
        if phase == .playing, sequence < nextSequence { return store.settle(sequence) }
        store.insert(sequence: sequence, timestamp: unwrapped, duration: duration, isRedundant: true, payload: payload)
        if phase == .buffering { nextSequence = min(nextSequence, sequence) }
    }

    /// The content of a missing packet has come by another way: how long the buffer would have to wait for that.
    @_noAllocation @_noLocks
    private mutating func noteRepair(of sequence: Int64, timestamp: Int64, arrival: MonotonicTime) {
        guard sequence > firstSequence else { return }
        estimator.recordStraggler(
            transit: arrival.nanoseconds - JitterBuffer.nanoseconds(timestamp), arrival: arrival)
    }

    @_noAllocation @_noLocks
    private mutating func keep(
        _ sequence: Int64, _ timestamp: Int64, _ duration: Int, _ payload: UnsafeRawBufferPointer, isRedundant: Bool
    ) -> Insertion {
        let waiting = store.packet(sequence)
        if store.wasPlayed(sequence) || waiting.map({ !$0.isRedundant }) ?? false {
            counters.duplicated += 1
            return .duplicate
        }
        if phase != .buffering, sequence < nextSequence {
            counters.late += 1
            store.settle(sequence)
            return .late
        }
        store.insert(
            sequence: sequence, timestamp: timestamp, duration: duration, isRedundant: isRedundant, payload: payload)
        if phase == .idle {
            phase = .buffering
            nextSequence = sequence
        } else if phase == .buffering {
            nextSequence = min(nextSequence, sequence)
        }
        return .stored
    }

    @_noAllocation @_noLocks
    private mutating func restart(
        _ sequenceNumber: UInt16, _ timestamp: UInt32, _ arrival: MonotonicTime, _ duration: Int,
        _ payload: UnsafeRawBufferPointer
    ) -> Insertion {
        counters.restarts += 1
        suspectedSequence = nil
        store.removeAll()
        estimator.restart()
        // A new epoch of unwrapped numbers, above all that were used, with the low bits of the new ones.
        highestSequence = (highestSequence & ~0xFFFF) + 0x2_0000 + Int64(sequenceNumber)
        highestTimestamp = Int64(timestamp) + 0x1_0000_0000
        firstSequence = highestSequence
        nextSequence = highestSequence
        phase = .idle
        expanded = 0
        let transit = arrival.nanoseconds - JitterBuffer.nanoseconds(highestTimestamp)
        estimator.record(transit: transit, arrival: arrival, step: 1)
        _ = keep(highestSequence, highestTimestamp, duration, payload, isRedundant: false)
        return .restarted
    }

    // MARK: Out

    /// What comes next, for sound that is needed at `time`. The answer counts as carried out.
    /// - Parameter wanted: samples that are missing until the end of the block; more than that is not made up, because
    ///   what is late may have come when the next one is made.
    @_noAllocation @_noLocks
    package mutating func next(at time: MonotonicTime, wanted: Int) -> PlayoutAction {
        switch phase {
        case .idle:
            return .silence(samples: min(max(wanted, 1), AudioLimits.blockSamples))
        case .buffering:
            guard let first = store.first(from: nextSequence, through: highestSequence) else {
                phase = .idle
                return .silence(samples: min(max(wanted, 1), AudioLimits.blockSamples))
            }
            let missing = target - delay(of: first.timestamp, at: time)
            // Frames shorter than 5 ms fill the memory before four seconds are over.
            if missing > 0, !store.isFull(oldest: first, highest: highestSequence) {
                let samples = max(Int(missing * 48 / 1_000_000), 1)
                return .silence(samples: min(samples, AudioLimits.blockSamples))
            }
            phase = .playing
            nextSequence = first.sequence
            nextTimestamp = first.timestamp
            expanded = 0
            return play(at: time, wanted: wanted)
        case .playing:
            return play(at: time, wanted: wanted)
        }
    }

    @_noAllocation @_noLocks
    private mutating func play(at time: MonotonicTime, wanted: Int) -> PlayoutAction {
        catchUp(at: time)
        if let packet = store.packet(nextSequence) {
            // Consecutive numbers but a gap in time: the sender was silent (DTX). The gap passes as it sounded there.
            let gap = Int(min(packet.timestamp - nextTimestamp, Int64(JitterBuffer.pause))) - expanded
            if gap > 0, delay(of: packet.timestamp, at: time) < target {
                let samples = min(gap, AudioLimits.blockSamples)
                expanded += samples
                return isQuiet ? .comfort(samples: samples) : .silence(samples: samples)
            }
            return decode(packet, at: time)
        }
        if let later = store.first(from: nextSequence + 1, through: highestSequence) {
            return bridge(to: later, at: time)
        }
        let samples = min(JitterBuffer.concealable(wanted + JitterBuffer.step - 1), AudioLimits.blockSamples)
        expanded += samples
        if expanded > JitterBuffer.pause {
            phase = .idle
            nextSequence = highestSequence + 1
            return .silence(samples: samples)
        }
        return isQuiet ? .comfort(samples: samples) : .conceal(samples: samples)
    }

    /// The packets before `later` are missing.
    @_noAllocation @_noLocks
    private mutating func bridge(to later: StoredPacket, at time: MonotonicTime) -> PlayoutAction {
        let missingPackets = Int(later.sequence - nextSequence)
        let gap = Int(min(later.timestamp - nextTimestamp, Int64(JitterBuffer.pause)))
        if gap <= expanded {
            counters.lost += missingPackets
            return decode(later, at: time)
        }
        let rest = gap - expanded
        let copy = missingPackets == 1 && VoiceDecoder.hasRedundancy(later.payload) ? later.duration : 0
        if isQuiet {
            // The sender was silent, and may have been for most of the gap: its quiet goes on until what is there is due.
            if rest > copy, delay(of: later.timestamp - Int64(copy), at: time) < target {
                let samples = min(rest - copy, AudioLimits.blockSamples)
                expanded += samples
                return .comfort(samples: samples)
            }
            if copy == 0 {
                counters.lost += missingPackets
                return decode(later, at: time)
            }
        } else if copy > 0, rest - copy >= JitterBuffer.step {
            // The missing packet was longer than its copy.
            let samples = min(JitterBuffer.concealable(rest - copy), VoiceDecoder.maximumSamples)
            expanded += samples
            return .conceal(samples: samples)
        }
        expanded = 0
        if copy > 0 {
            counters.recovered += 1
            nextSequence = later.sequence
            nextTimestamp = later.timestamp
            return .recover(later, samples: copy)
        }
        counters.lost += 1
        // The last one takes all that is left: it may have been longer than the frames before it.
        let length = missingPackets == 1 ? rest : min(lastDuration, rest)
        let samples = min(JitterBuffer.concealable(length), VoiceDecoder.maximumSamples)
        // What is less than a step is made up by the delay.
        let left = rest - samples
        nextSequence += 1
        nextTimestamp = later.timestamp - Int64(missingPackets > 1 || left >= JitterBuffer.step ? max(left, 0) : 0)
        return .conceal(samples: samples)
    }

    /// The longest time up to `samples`, but at least one step, that a decoder conceals: steps of 2.5 ms are the only ones.
    @_noAllocation @_noLocks
    private static func concealable(_ samples: Int) -> Int {
        max(samples / step, 1) * step
    }

    @_noAllocation @_noLocks
    private mutating func decode(_ packet: StoredPacket, at time: MonotonicTime) -> PlayoutAction {
        delay = delay(of: packet.timestamp, at: time)
        let excess = Int((delay - target) * 48 / 1_000_000)
        // What there is no memory for is not asked for.
        let isFull = excess < 0 && store.isFull(oldest: packet, highest: highestSequence)
        nextSequence = packet.sequence + 1
        nextTimestamp = packet.timestamp + Int64(packet.duration)
        lastDuration = packet.duration
        isQuiet = packet.payload.count <= VoiceEncoder.quietPacket
        expanded = 0
        store.markPlayed(packet.sequence)
        let isJump = jumpPending
        jumpPending = false
        return .decode(packet, excess: isFull ? 0 : excess, isJump: isJump)
    }

    /// Skips what is far too old.
    @_noAllocation @_noLocks
    private mutating func catchUp(at time: MonotonicTime) {
        let limit = min(target + JitterBuffer.catchUpAbove, max(maximumDelay, target) + 40_000_000)
        guard let first = store.first(from: nextSequence, through: highestSequence),
            delay(of: first.timestamp, at: time) > limit
        else { return }
        var candidate = first
        var skipped = 0
        while delay(of: candidate.timestamp, at: time) > target + 20_000_000,
            let following = store.first(from: candidate.sequence + 1, through: highestSequence)
        {
            store.markPlayed(candidate.sequence)
            skipped += 1
            candidate = following
        }
        guard candidate.sequence != nextSequence else { return }
        counters.skipped += skipped
        counters.lost += Int(candidate.sequence - nextSequence) - skipped
        nextSequence = candidate.sequence
        nextTimestamp = candidate.timestamp
        expanded = 0
        jumpPending = true
    }

    // MARK: Time

    /// How much later than by the fastest path at once `timestamp` would be heard at `time`, ns.
    @_noAllocation @_noLocks
    private func delay(of timestamp: Int64, at time: MonotonicTime) -> Int64 {
        time.nanoseconds - JitterBuffer.nanoseconds(timestamp) - estimator.base
    }

    /// 48 kHz to nanoseconds: 1e9 / 48 000 = 62 500 / 3.
    @_noAllocation @_noLocks
    private static func nanoseconds(_ timestamp: Int64) -> Int64 {
        timestamp * 62_500 / 3
    }
}
