import Glibc
import RTP
import Transport
import VoiceAudio
import WebRTC

/// Measures the CPU time of each part that a stream passes through.
struct StreamCosts {
    struct Cost {
        /// In JSON.
        var name: String
        /// For people.
        var title: String
        /// For each frame of 20 ms.
        var microseconds: Double
        var percentOfCore: Double { microseconds / 200 }
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private static let frameSamples = 960
    private static let bitrate = 48_000
    private let speech: [Float]
    private var frames: Int { speech.count / Self.frameSamples }

    /// - Parameter speech: 48 kHz, mono; 10 s and more.
    init(speech: [Float]) {
        self.speech = speech
    }

    func measure() throws -> [Cost] {
        var costs: [Cost] = []
        var packets: [[UInt8]] = []
        let encode = try encode { packets.append($0) }
        costs.append(Cost(name: "encode", title: "Opus, encoding", microseconds: encode))
        costs.append(
            Cost(name: "copies", title: "three copies into each packet (RED)", microseconds: copies(of: packets)))
        let decode = try decode(packets)
        costs.append(Cost(name: "decode", title: "Opus, decoding", microseconds: decode))
        let play = try play(packets)
        costs.append(
            Cost(
                name: "jitterBuffer", title: "jitter buffer, stretching, clock correction",
                microseconds: max(play - decode, 0)))
        costs.append(Cost(name: "mix", title: "into the mix, limiter (stereo)", microseconds: mix()))
        let (protect, open) = try secure(packets)
        costs.append(Cost(name: "srtpOpen", title: "SRTP, opening (AES-128-GCM)", microseconds: open))
        costs.append(
            Cost(name: "forward", title: "forwarding to a listener: header, SRTP", microseconds: protect))
        return costs
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Microseconds per frame of `work`, which does all of them.
    private func time(_ work: () throws -> Void) rethrows -> Double {
        let begin = Self.now()
        try work()
        return Double(Self.now() - begin) / 1000 / Double(max(frames, 1))
    }

    private func encode(_ take: ([UInt8]) -> Void) throws -> Double {
        var encoder = try VoiceEncoder.make(PublisherAudio(bitrate: Self.bitrate), complexity: 9)
        var packet = [UInt8](repeating: 0, count: AudioLimits.maximumPayload)
        return speech.withUnsafeBufferPointer { speech in
            guard let start = speech.baseAddress else { return 0 }
            return time {
                for index in 0..<frames {
                    let length = packet.withUnsafeMutableBytes {
                        encoder.encode(start + index * Self.frameSamples, into: $0)
                    }
                    take(Array(packet[..<(length ?? 0)]))
                }
            }
        }
    }

    private func copies(of packets: [[UInt8]]) -> Double {
        var encoder = REDEncoder()
        var buffer = [UInt8](repeating: 0, count: AudioLimits.maximumPayload)
        return time {
            for (index, packet) in packets.enumerated() {
                let (number, timestamp) = (UInt16(truncatingIfNeeded: index), UInt32(index * Self.frameSamples))
                packet.withUnsafeBytes { packet in
                    _ = buffer.withUnsafeMutableBytes {
                        encoder.write(
                            packet, sequenceNumber: number, timestamp: timestamp, samples: Self.frameSamples,
                            level: .strong, payloadType: 111, into: $0)
                    }
                    encoder.remember(packet, sequenceNumber: number, timestamp: timestamp)
                }
            }
        }
    }

    private func decode(_ packets: [[UInt8]]) throws -> Double {
        var decoder = try VoiceDecoder.make(channels: 1)
        var output = [Float](repeating: 0, count: VoiceDecoder.maximumSamples)
        return output.withUnsafeMutableBufferPointer { output in
            guard let start = output.baseAddress else { return 0 }
            return time {
                for packet in packets { packet.withUnsafeBytes { _ = decoder.decode($0, into: start) } }
            }
        }
    }

    /// Everything between a packet that arrives and its block of sound, decoding included.
    private func play(_ packets: [[UInt8]]) throws -> Double {
        var unit = try PlayoutUnit.make(channels: 1)
        var block = [Float](repeating: 0, count: AudioLimits.blockSamples)
        return block.withUnsafeMutableBufferPointer { block in
            guard let start = block.baseAddress else { return 0 }
            return time {
                for (index, packet) in packets.enumerated() {
                    let arrival = MonotonicTime(nanoseconds: Int64(index) * 20_000_000)
                    packet.withUnsafeBytes {
                        _ = unit.jitterBuffer.insert(
                            sequenceNumber: UInt16(truncatingIfNeeded: index),
                            timestamp: UInt32(index * Self.frameSamples), arrival: arrival, payload: $0)
                    }
                    unit.render(into: start, at: arrival)
                    unit.render(into: start, at: arrival.advanced(byMilliseconds: 10))
                }
            }
        }
    }

    /// There are as many blocks of 10 ms stereo in the speech as frames of 20 ms mono, and two of them in a frame's time.
    private func mix() -> Double {
        var limiter = Limiter(channels: 2)
        var gain = GainRamp(1)
        let count = 2 * AudioLimits.blockSamples
        var mix = [Float](repeating: 0, count: count)
        return speech.withUnsafeBufferPointer { speech in
            mix.withUnsafeMutableBufferPointer { mix in
                guard let source = speech.baseAddress, let target = mix.baseAddress else { return 0 }
                return time {
                    for block in 0..<frames {
                        for sample in 0..<count { target[sample] = 0 }
                        for sample in 0..<count { target[sample] += source[block * count + sample] }
                        gain.apply(0.8, to: target, frames: AudioLimits.blockSamples, channels: 2)
                        limiter.process(target, frames: AudioLimits.blockSamples)
                    }
                }
            }
        } * 2
    }

    private func secure(_ packets: [[UInt8]]) throws -> (protect: Double, open: Double) {
        let key = try SRTPMasterKey(
            profile: .aeadAES128GCM, key: [UInt8](repeating: 1, count: SRTPProfile.masterKeyLength),
            salt: [UInt8](repeating: 2, count: SRTPProfile.aeadAES128GCM.masterSaltLength))
        let sender = try SRTPSender(key)
        let receiver = try SRTPReceiver(key)
        var sealed: [[UInt8]] = []
        sealed.reserveCapacity(packets.count)
        var space = [UInt8](repeating: 0, count: AudioLimits.maximumPayload + 100)
        var map = HeaderExtensionMap()
        map[.audioLevel] = 1
        let extensions = RTPHeaderExtensions(audioLevel: AudioLevel(level: 30, voiceActivity: true))
        let protect = try time {
            for (index, packet) in packets.enumerated() {
                let header = RTPHeader(
                    payloadType: 111, sequenceNumber: UInt16(truncatingIfNeeded: index),
                    timestamp: UInt32(index * Self.frameSamples), ssrc: 1)
                let length = try space.withUnsafeMutableBytes { space in
                    guard let written = header.write(extensions: extensions, map: map, into: space) else {
                        throw Failure(description: "a header does not fit")
                    }
                    return try packet.withUnsafeBytes {
                        try sender.protect(
                            header: UnsafeRawBufferPointer(rebasing: space[..<written]), payload: $0, into: space)
                    }
                }
                sealed.append(Array(space[..<length]))
            }
        }
        var opened = sealed
        let open = try time {
            for index in opened.indices {
                _ = try opened[index].withUnsafeMutableBytes { try receiver.unprotect($0) }
            }
        }
        return (protect, open)
    }
}
