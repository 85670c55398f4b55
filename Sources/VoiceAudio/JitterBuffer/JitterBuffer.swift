import Transport

/// Puts the packets of one received stream into order and decides, whenever sound is needed, what comes next.
///
/// It is a value machine: packets go in with their time of arrival, ``next(at:)`` is asked with the time at which the
/// sound is needed, and nothing is read from a clock or kept elsewhere. All memory is taken at the start.
///
/// **One quantity rules it: the delay.** Every RTP timestamp has a moment at which it would be heard if it had come by
/// the fastest path and were played at once: its time plus the base transit that ``DelayEstimator`` learned. The
/// *delay* is how much later it is really played. It is the same for every packet as long as sound flows in step,
/// whatever the single packet's path did; a packet whose relative delay is larger comes too late. So the control loop
/// is short:
///
/// - the *target* is the delay that 96 % of the half-seconds would have done with, within the caller's range;
/// - while buffering, the first packet starts exactly when its delay reaches the target;
/// - each decoded packet carries its excess over the target, and ``PlayoutUnit`` takes away or adds a little where it
///   is not heard. Time-stretching proper sits behind the same figure.
///
/// **When a packet is missing** at its turn, there are three cases:
/// 1. *Nothing is there at all.* It may be late, not lost: 10 ms are made up and the turn does not move on, so a late
///    packet is still played (the delay has grown by what was made up, which is what a longer path calls for).
/// 2. *A later one is there, and as much was made up as the gap is long:* the gap has passed. On to the later one; the
///    delay is what it was.
/// 3. *A later one is there, and the gap is not over:* if the very next packet carries a redundant copy, that is
///    decoded; else the rest of the gap is made up, frame by frame, and the turn moves on.
///
/// A copy in the next packet helps only if that packet is there in time: for ten seconds after each loss that a copy
/// could repair, the target is one frame higher.
///
/// After one second without anything the stream counts as paused: the next packet is buffered like a first one.
/// A delay more than half a second over the target (a long stall whose packets all came at once), or over the caller's
/// maximum, is cut at once by skipping; less is worked off by the excess, faster the more it is.
///
/// **Restarts.** A sequence number far from the others is believed only when its successor follows (RFC 3550 A.1), so
/// a stray packet does no harm and a publisher that restarts is heard again after two packets. A transit that jumps by
/// more than two seconds means another clock or another timestamp offset: the stream begins anew with that packet.
package struct JitterBuffer: ~Copyable {
    /// Never less, so that an audio thread that wakes a little late harms nobody.
    package static var minimumTarget: Int64 { @_noAllocation @_noLocks get { 10_000_000 } }
    private static var pause: Int { 48_000 }
    private static var catchUpAbove: Int64 { 500_000_000 }
    private static var farAway: Int64 { Int64(PacketStore.capacity) - 64 }
    private static var raise: Int64 { @_noAllocation @_noLocks get { 10_000_000_000 } }
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
    /// Whose turn it is.
    private var nextSequence: Int64 = 0
    private var nextTimestamp: Int64 = 0
    private var lastDuration = 960
    /// Samples made up while the turn did not move on.
    private var expanded = 0
    /// The number that would confirm a far one.
    private var suspectedSequence: UInt16?
    private var jumpPending = false
    /// Until when one frame more is waited, because losses could be repaired by it.
    private var raisedUntil: Int64 = 0
    private var isRaised = false

    package private(set) var counters = JitterBufferCounters()
    /// Of the last decision, ns.
    package private(set) var delay: Int64 = 0

    package init() {}

    /// What it aims at, ns.
    package var target: Int64 {
        @_noAllocation @_noLocks get {
            let learned = max(estimator.target, JitterBuffer.minimumTarget)
            let wanted = max(isRaised ? learned + JitterBuffer.nanoseconds(Int64(lastDuration)) : learned, minimumDelay)
            return min(wanted, max(maximumDelay, JitterBuffer.minimumTarget))
        }
    }

    /// The caller's bounds for the delay.
    @_noAllocation @_noLocks
    package mutating func setRange(minimumMilliseconds: Int32, maximumMilliseconds: Int32) {
        minimumDelay = Int64(minimumMilliseconds) * 1_000_000
        maximumDelay = Int64(maximumMilliseconds) * 1_000_000
    }

    // MARK: In

    /// Takes a packet that arrived.
    @_noAllocation @_noLocks
    package mutating func insert(
        sequenceNumber: UInt16, timestamp: UInt32, arrival: MonotonicTime, payload: UnsafeRawBufferPointer
    ) -> Insertion {
        guard payload.count <= AudioLimits.maximumPayload, let duration = VoiceDecoder.samples(in: payload) else {
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
        _ = estimator.record(transit: transit, arrival: arrival)
        if sequence > highestSequence {
            highestSequence = sequence
            highestTimestamp = unwrapped
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
        timestampOffset: Int, sequenceNumber: UInt16, timestamp: UInt32, payload: UnsafeRawBufferPointer
    ) {
        guard phase != .idle, timestampOffset > 0, payload.count <= AudioLimits.maximumPayload,
            let duration = VoiceDecoder.samples(in: payload), timestampOffset % duration == 0
        else { return }
        let step = Int64(Int16(bitPattern: sequenceNumber &- UInt16(truncatingIfNeeded: highestSequence)))
        guard abs(step) <= JitterBuffer.farAway else { return }
        // RED does not tell the sequence number: frames of one length are taken for granted, as every receiver does.
        let sequence = highestSequence + step - Int64(timestampOffset / duration)
        let ticks = Int64(Int32(bitPattern: timestamp &- UInt32(truncatingIfNeeded: highestTimestamp)))
        let unwrapped = highestTimestamp + ticks - Int64(timestampOffset)
        guard highestSequence - sequence < JitterBuffer.farAway, store.packet(sequence) == nil else { return }
        if phase == .playing, sequence < nextSequence { return }
        store.insert(sequence: sequence, timestamp: unwrapped, duration: duration, isRedundant: true, payload: payload)
        if phase == .buffering { nextSequence = min(nextSequence, sequence) }
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
        nextSequence = highestSequence
        phase = .idle
        expanded = 0
        let transit = arrival.nanoseconds - JitterBuffer.nanoseconds(highestTimestamp)
        _ = estimator.record(transit: transit, arrival: arrival)
        _ = keep(highestSequence, highestTimestamp, duration, payload, isRedundant: false)
        return .restarted
    }

    // MARK: Out

    /// What comes next, for sound that is needed at `time`. The answer counts as carried out.
    @_noAllocation @_noLocks
    package mutating func next(at time: MonotonicTime) -> PlayoutAction {
        isRaised = time.nanoseconds < raisedUntil
        switch phase {
        case .idle:
            return .silence(samples: AudioLimits.blockSamples)
        case .buffering:
            guard let first = store.first(from: nextSequence, through: highestSequence) else {
                phase = .idle
                return .silence(samples: AudioLimits.blockSamples)
            }
            let missing = target - delay(of: first.timestamp, at: time)
            if missing > 0 {
                let samples = max(Int(missing * 48 / 1_000_000), 1)
                return .silence(samples: min(samples, AudioLimits.blockSamples))
            }
            phase = .playing
            nextSequence = first.sequence
            nextTimestamp = first.timestamp
            expanded = 0
            return play(at: time)
        case .playing:
            return play(at: time)
        }
    }

    @_noAllocation @_noLocks
    private mutating func play(at time: MonotonicTime) -> PlayoutAction {
        catchUp(at: time)
        if let packet = store.packet(nextSequence) {
            // Consecutive numbers but a gap in time: the sender was silent (DTX). The gap passes in silence.
            let gap = Int(min(packet.timestamp - nextTimestamp, Int64(JitterBuffer.pause))) - expanded
            if gap > 0, delay(of: packet.timestamp, at: time) < target {
                let samples = min(gap, AudioLimits.blockSamples)
                expanded += samples
                return .silence(samples: samples)
            }
            return decode(packet, at: time)
        }
        if let later = store.first(from: nextSequence + 1, through: highestSequence) {
            return bridge(to: later, at: time)
        }
        expanded += AudioLimits.blockSamples
        if expanded > JitterBuffer.pause {
            phase = .idle
            nextSequence = highestSequence + 1
            return .silence(samples: AudioLimits.blockSamples)
        }
        return .conceal(samples: AudioLimits.blockSamples)
    }

    /// The packets before `later` are missing.
    @_noAllocation @_noLocks
    private mutating func bridge(to later: StoredPacket, at time: MonotonicTime) -> PlayoutAction {
        let missingPackets = Int(later.sequence - nextSequence)
        let gap = Int(min(later.timestamp - nextTimestamp, Int64(JitterBuffer.pause)))
        let isRepairable = missingPackets == 1 && VoiceDecoder.hasRedundancy(later.payload)
        if isRepairable { raisedUntil = time.nanoseconds + JitterBuffer.raise }
        if gap <= expanded {
            counters.lost += missingPackets
            return decode(later, at: time)
        }
        let rest = gap - expanded
        expanded = 0
        if isRepairable {
            counters.recovered += 1
            nextSequence = later.sequence
            nextTimestamp = later.timestamp
            return .recover(later, samples: later.duration)
        }
        counters.lost += 1
        // In steps of 2.5 ms, the only ones that a decoder conceals; what is left over is made up by the delay.
        let samples = min(max(min(lastDuration, rest) / 120, 1) * 120, VoiceDecoder.maximumSamples)
        nextSequence += 1
        nextTimestamp = missingPackets == 1 ? later.timestamp : later.timestamp - Int64(rest - min(samples, rest))
        return .conceal(samples: samples)
    }

    @_noAllocation @_noLocks
    private mutating func decode(_ packet: StoredPacket, at time: MonotonicTime) -> PlayoutAction {
        delay = delay(of: packet.timestamp, at: time)
        nextSequence = packet.sequence + 1
        nextTimestamp = packet.timestamp + Int64(packet.duration)
        lastDuration = packet.duration
        expanded = 0
        store.markPlayed(packet.sequence)
        let isJump = jumpPending
        jumpPending = false
        return .decode(packet, excess: Int((delay - target) * 48 / 1_000_000), isJump: isJump)
    }

    /// Skips what is far too old.
    @_noAllocation @_noLocks
    private mutating func catchUp(at time: MonotonicTime) {
        let limit = min(target + JitterBuffer.catchUpAbove, max(maximumDelay, target) + 40_000_000)
        guard let first = store.first(from: nextSequence, through: highestSequence),
            delay(of: first.timestamp, at: time) > limit
        else { return }
        var candidate = first
        while delay(of: candidate.timestamp, at: time) > target + 20_000_000,
            let following = store.first(from: candidate.sequence + 1, through: highestSequence)
        {
            store.markPlayed(candidate.sequence)
            counters.skipped += 1
            candidate = following
        }
        guard candidate.sequence != nextSequence else { return }
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
