import RTP
import Testing
import Transport
import VoiceAudio

/// A call over a path that loses packets, in virtual time: encoder, copies as the loss asks for, losses from a seed,
/// feedback twice a second, jitter buffer, decoder.
struct LossyCall {
    /// Of the packets, 0…1.
    var loss: Double
    /// Mean length of a run of losses; 1: each by itself.
    var burst: Double
    var seed: UInt64
    var bitrate = 48_000
    /// Whether copies go along; else only what Opus puts in band.
    var sendsCopies = true

    struct Outcome {
        var output: [Float] = []
        var levels: [RedundancyLevel] = []
        var payloadBytes = 0
        /// After the first five seconds.
        var concealedShare = 0.0
        var lossShare = 0.0
        var meanDelay = 0.0
        var finalTarget = 0.0
        var seconds = 0.0

        var kbps: Double { Double(payloadBytes) * 8 / 1000 / seconds }
    }

    func run(_ speech: [Float]) throws -> Outcome {
        var outcome = Outcome()
        var random = RandomSource.seeded(seed)
        var encoder = try VoiceEncoder.make(PublisherAudio(bitrate: bitrate), complexity: 9)
        var copies = REDEncoder()
        var controller = RedundancyController()
        var unit = try PlayoutUnit.make(channels: 1)
        var isBad = false
        var report = (lost: Int64(0), runs: Int64(0), wasLost: false)
        var waiting: [(arrival: MonotonicTime, index: Int, payload: [UInt8], isRED: Bool)] = []
        var block = [Float](repeating: 0, count: AudioLimits.blockSamples)
        var packet = [UInt8](repeating: 0, count: AudioLimits.maximumPayload)
        var buffer = packet
        var settled = (played: 0, concealed: 0)
        var lostInAll = 0
        let frames = speech.count / 960
        outcome.seconds = Double(frames) / 50
        for index in 0..<frames {
            let level = sendsCopies ? controller.level : .none
            outcome.levels.append(level)
            encoder.adapt(
                bitrate: Int32(level.primaryBitrate(of: bitrate)),
                expectedLoss: level == .none ? Int32(controller.expectedLossPercent) : 0)
            let length = try #require(
                speech.withUnsafeBufferPointer { speech in
                    packet.withUnsafeMutableBytes { encoder.encode(speech.baseAddress! + index * 960, into: $0) }
                })
            let encoded = Array(packet[..<length])
            let number = UInt16(truncatingIfNeeded: index)
            let timestamp = UInt32(index * 960)
            let copied = encoded.withUnsafeBytes { encoded in
                buffer.withUnsafeMutableBytes {
                    copies.write(
                        encoded, sequenceNumber: number, timestamp: timestamp, samples: 960, level: level,
                        payloadType: 111, into: $0)
                }
            }
            encoded.withUnsafeBytes { copies.remember($0, sequenceNumber: number, timestamp: timestamp) }
            let payload = copied.map { Array(buffer[..<$0]) } ?? encoded
            outcome.payloadBytes += payload.count

            let change = Double.random(in: 0..<1, using: &random)
            isBad = isBad ? change >= 1 / burst : change < loss / burst / (1 - loss)
            let isLost = burst > 1 ? isBad : Double.random(in: 0..<1, using: &random) < loss
            if isLost {
                lostInAll += 1
                report.lost += 1
                if !report.wasLost { report.runs += 1 }
            } else {
                let delay = 5 + Double.random(in: 0...3, using: &random)
                let sent = MonotonicTime(nanoseconds: Int64(index + 1) * 20_000_000)
                waiting.append((sent.advanced(byNanoseconds: Int64(delay * 1e6)), index, payload, copied != nil))
            }
            report.wasLost = isLost
            if index % 25 == 24 {
                controller.report(
                    lost: report.lost, of: 25, runs: report.runs, nowNanoseconds: Int64(index) * 20_000_000)
                report = (0, 0, report.wasLost)
            }
            for half in 0..<2 {
                let time = MonotonicTime(nanoseconds: Int64(2 * (index + 1) + half) * 10_000_000)
                while let first = waiting.first, first.arrival <= time {
                    Self.deliver(first, to: &unit)
                    waiting.removeFirst()
                }
                block.withUnsafeMutableBufferPointer { unit.render(into: $0.baseAddress!, at: time) }
                outcome.output += block
            }
            outcome.meanDelay += Double(unit.jitterBuffer.delay) / 1e6 / Double(frames)
            if index == 250 { settled = (unit.playedFrames, unit.concealedFrames) }
        }
        outcome.finalTarget = Double(unit.jitterBuffer.target) / 1e6
        outcome.lossShare = Double(lostInAll) / Double(frames)
        outcome.concealedShare =
            Double(unit.concealedFrames - settled.concealed) / Double(max(unit.playedFrames - settled.played, 1))
        return outcome
    }

    private static func deliver(
        _ packet: (arrival: MonotonicTime, index: Int, payload: [UInt8], isRED: Bool), to unit: inout PlayoutUnit
    ) {
        let number = UInt16(truncatingIfNeeded: packet.index)
        let timestamp = UInt32(packet.index * 960)
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
            while let block = reader?.next() {
                if block.isPrimary { break }
                unit.jitterBuffer.insertRedundant(
                    timestampOffset: Int(block.timestampOffset), sequenceNumber: number, timestamp: timestamp,
                    arrival: packet.arrival, payload: block.data)
            }
        }
    }
}
