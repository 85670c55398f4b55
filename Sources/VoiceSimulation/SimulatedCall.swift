import RTP
import Transport
import VoiceAudio

/// One direction of a call in virtual time: encoder, copies as the loss asks for, a path that loses and delays packets
/// by a seed, feedback twice a second, jitter buffer, decoder. The same seed makes the same call.
///
/// What a real call has besides is not in it: sound cards, echo processing, the server in between, and retransmission.
package struct SimulatedCall: Sendable {
    /// How copies of earlier frames (RFC 2198) are chosen.
    package enum Redundancy: Sendable {
        /// By ``RedundancyController``, from what the receiver reports.
        case adaptive
        /// Always the same.
        case fixed(RedundancyLevel, spacing: Int)
        /// Only what Opus puts in band.
        case inBand
    }

    /// Of the packets, 0…1.
    package var loss = 0.0
    /// Mean length of a run of losses; 1: each by itself.
    package var burst = 1.0
    /// The path's delays; nil: 5 to 8 ms.
    package var trace: DelayTrace?
    package var seed: UInt64
    /// Payload bits per second on a clean line.
    package var bitrate = 48_000
    /// 10 or 20.
    package var frameMilliseconds = 20
    package var redundancy = Redundancy.adaptive
    /// The bounds of the listener's buffer, ms; nil: it chooses by itself. The packets are the same whatever it holds.
    package var bufferRange: ClosedRange<Int>?
    /// What is over before shares, delays and rates are counted, s.
    package var settling = 5.0

    /// Whether the outcome is to have the packets that arrived.
    package var keepsPackets = false

    package init(seed: UInt64) {
        self.seed = seed
    }

    /// - Parameter speech: 48 kHz, mono.
    package func run(_ speech: [Float]) throws(AudioError) -> SimulatedCallOutcome {
        let audio = PublisherAudio(bitrate: bitrate, frameMilliseconds: frameMilliseconds)
        var state = State(
            self, frames: speech.count / frameSamples, encoder: try VoiceEncoder.make(audio, complexity: 9),
            unit: try PlayoutUnit.make(channels: 1))
        for index in 0..<speech.count / frameSamples {
            state.send(index, of: speech)
            state.listen(until: index)
        }
        return state.finish()
    }

    fileprivate var frameSamples: Int { frameMilliseconds * 48 }
}

/// A packet on its way.
private struct TravellingPacket {
    var arrival: MonotonicTime
    var index: Int
    var payload: [UInt8]
    var isRED: Bool
}

private struct State: ~Copyable {
    private let call: SimulatedCall
    private let samples: Int
    private let frames: Int
    private let delays: [Double]
    private var outcome = SimulatedCallOutcome()
    private var random: RandomSource
    private var pattern: LossPattern
    private var encoder: VoiceEncoder
    private var copies = REDEncoder()
    private var controller = RedundancyController()
    private var unit: PlayoutUnit
    private var report = (lost: Int64(0), runs: Int64(0), wasLost: false)
    private var waiting: [TravellingPacket] = []
    private var block = [Float](repeating: 0, count: AudioLimits.blockSamples)
    private var packet = [UInt8](repeating: 0, count: AudioLimits.maximumPayload)
    private var redPacket = [UInt8](repeating: 0, count: AudioLimits.maximumPayload)
    private var before = (played: 0, concealed: 0, removed: 0, added: 0)
    private var lost = 0
    private var counted = 0
    private var countedBytes = 0

    init(_ call: SimulatedCall, frames: Int, encoder: consuming VoiceEncoder, unit: consuming PlayoutUnit) {
        self.call = call
        self.frames = frames
        samples = call.frameSamples
        random = .seeded(call.seed)
        pattern = LossPattern(share: call.loss, burst: call.burst)
        self.encoder = encoder
        self.unit = unit
        if let range = call.bufferRange {
            self.unit.jitterBuffer.setRange(
                minimumMilliseconds: Int32(range.lowerBound), maximumMilliseconds: Int32(range.upperBound))
        }
        // What is heard before the first frame is complete.
        outcome.output = [Float](repeating: 0, count: samples)
        let interval = Double(call.frameMilliseconds)
        delays = call.trace?.delays(count: frames, interval: interval, seed: call.seed) ?? []
    }

    private func time(afterFrame index: Int) -> MonotonicTime {
        MonotonicTime(nanoseconds: Int64(index + 1) * Int64(call.frameMilliseconds) * 1_000_000)
    }

    /// Encodes a frame and puts its packet on the path, or loses it.
    mutating func send(_ index: Int, of speech: [Float]) {
        let (level, spacing) = redundancy
        outcome.levels.append(level)
        if case .inBand = call.redundancy {
            encoder.adapt(bitrate: Int32(call.bitrate), expectedLoss: Int32(controller.expectedLossPercent))
        } else {
            encoder.adapt(
                bitrate: Int32(level.primaryBitrate(of: call.bitrate)),
                expectedLoss: level == .none ? Int32(controller.expectedLossPercent) : 0)
        }
        let length = speech.withUnsafeBufferPointer { speech in
            packet.withUnsafeMutableBytes { packet in
                speech.baseAddress.flatMap { encoder.encode($0 + index * samples, into: packet) } ?? 0
            }
        }
        let number = UInt16(truncatingIfNeeded: index)
        let timestamp = UInt32(index * samples)
        let redLength = packet[..<length].withUnsafeBytes { encoded in
            let written = redPacket.withUnsafeMutableBytes {
                copies.write(
                    encoded, sequenceNumber: number, timestamp: timestamp, samples: samples, level: level,
                    spacing: spacing, payloadType: 111, into: $0)
            }
            copies.remember(encoded, sequenceNumber: number, timestamp: timestamp)
            return written
        }
        let payload = redLength.map { Array(redPacket[..<$0]) } ?? Array(packet[..<length])
        outcome.payloadBytes += payload.count
        if isSettled(index) { countedBytes += payload.count }
        travel(TravellingPacket(arrival: .zero, index: index, payload: payload, isRED: redLength != nil))
    }

    private var redundancy: (level: RedundancyLevel, spacing: Int) {
        switch call.redundancy {
        case .adaptive: (controller.level, controller.spacing)
        case .fixed(let level, let spacing): (level, spacing)
        case .inBand: (.none, 1)
        }
    }

    private func isSettled(_ index: Int) -> Bool {
        Double(index * samples) >= call.settling * 48_000
    }

    private mutating func travel(_ packet: TravellingPacket) {
        let isLost = call.loss > 0 && pattern.next(using: &random)
        if isLost {
            lost += 1
            report.lost += 1
            if !report.wasLost { report.runs += 1 }
        } else {
            let delay =
                delays.isEmpty ? DelayTrace.fastest + Double.random(in: 0...3, using: &random) : delays[packet.index]
            var packet = packet
            packet.arrival = time(afterFrame: packet.index).advanced(byNanoseconds: Int64(delay * 1e6))
            waiting.append(packet)
        }
        report.wasLost = isLost
        let perReport = 500 / call.frameMilliseconds
        if packet.index % perReport == perReport - 1 {
            controller.report(
                lost: report.lost, of: Int64(perReport), runs: report.runs,
                nowNanoseconds: time(afterFrame: packet.index).nanoseconds)
            report = (0, 0, report.wasLost)
        }
    }

    /// Plays what is due until the next frame is sent.
    mutating func listen(until index: Int) {
        for part in 0..<call.frameMilliseconds / 10 {
            let now = time(afterFrame: index).advanced(byMilliseconds: Int64(part) * 10)
            while let first = waiting.first, first.arrival <= now {
                deliver(first)
                waiting.removeFirst()
            }
            block.withUnsafeMutableBufferPointer { block in
                if let start = block.baseAddress { unit.render(into: start, at: now) }
            }
            outcome.output += block
        }
        outcome.targets.append(Float(unit.jitterBuffer.target) / 1e6)
        outcome.delays.append(Float(unit.jitterBuffer.delay) / 1e6)
        guard isSettled(index) else {
            before = (unit.playedFrames, unit.concealedFrames, unit.removedFrames, unit.addedFrames)
            return
        }
        counted += 1
        outcome.bufferDelay += Double(unit.jitterBuffer.delay) / 1e6
        outcome.meanTarget += Double(unit.jitterBuffer.target) / 1e6
    }

    private mutating func deliver(_ packet: TravellingPacket) {
        let number = UInt16(truncatingIfNeeded: packet.index)
        let timestamp = UInt32(packet.index * samples)
        if call.keepsPackets {
            outcome.packets.append(
                SimulatedCallOutcome.Packet(
                    arrival: Double(packet.arrival.nanoseconds) / 1e6, index: packet.index,
                    timestamp: packet.index * samples, isRED: packet.isRED, payload: packet.payload))
        }
        packet.payload.withUnsafeBytes { payload in
            guard packet.isRED else {
                _ = unit.jitterBuffer.insert(
                    sequenceNumber: number, timestamp: timestamp, arrival: packet.arrival, payload: payload)
                return
            }
            if let primary = REDReader.primary(of: payload) {
                _ = unit.jitterBuffer.insert(
                    sequenceNumber: number, timestamp: timestamp, arrival: packet.arrival, payload: primary.data)
            }
            var reader = REDReader(payload)
            while let block = reader?.next(), !block.isPrimary {
                unit.jitterBuffer.insertRedundant(
                    timestampOffset: Int(block.timestampOffset), sequenceNumber: number, timestamp: timestamp,
                    arrival: packet.arrival, payload: block.data)
            }
        }
    }

    consuming func finish() -> SimulatedCallOutcome {
        let counted = Double(max(counted, 1))
        outcome.bufferDelay /= counted
        outcome.meanTarget /= counted
        outcome.finalTarget = Double(unit.jitterBuffer.target) / 1e6
        outcome.lossShare = Double(lost) / Double(max(frames, 1))
        outcome.concealedShare =
            Double(unit.concealedFrames - before.concealed) / Double(max(unit.playedFrames - before.played, 1))
        let seconds = counted * Double(call.frameMilliseconds) / 1000
        outcome.stretchedPerSecond =
            Double(unit.removedFrames - before.removed + unit.addedFrames - before.added) / 48 / seconds
        outcome.bitsPerSecond = Double(countedBytes) * 8 / seconds
        outcome.encodingDelay = Double(samples + encoder.lookAhead) / 48
        return outcome
    }
}
