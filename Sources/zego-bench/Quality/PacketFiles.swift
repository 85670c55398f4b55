import JSONRPC
import VoiceSimulation

/// The directory in which another receiver finds the packets of calls, and puts what it made of them: LINE-SEED.packets,
/// then LINE-SEED.raw (floats at 48 kHz, mono) and LINE-SEED.json, or LINE-SEED-MSms.raw and .json of a buffer that was
/// told to hold so many ms.
struct PacketFiles: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let directory: String

    init(directory: String) {
        self.directory = directory
    }

    private func path(_ line: QualityLine, _ seed: UInt64, buffer: Int? = nil, _ kind: String) -> String {
        let buffer = buffer.map { "-\($0)ms" } ?? ""
        return "\(directory)/\(line.name)-\(seed)\(buffer).\(kind)"
    }

    /// Writes a JSON object a line for each packet.
    func write(_ packets: [SimulatedCallOutcome.Packet], line: QualityLine, seed: UInt64) throws {
        let digits = Array("0123456789abcdef".utf8)
        var bytes: [UInt8] = []
        for packet in packets {
            let payload = packet.payload.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
            let object: JSONValue = [
                "ms": .number(packet.arrival), "seq": .integer(Int64(packet.index & 0xFFFF)),
                "timestamp": .integer(Int64(packet.timestamp)), "red": .bool(packet.isRED),
                "payload": .string(String(decoding: payload, as: UTF8.self)),
            ]
            bytes += object.serialized() + [0x0A]
        }
        try WholeFile.write(bytes, to: path(line, seed, "packets"))
    }

    /// Puts the other receiver's sound and figures in place of ours. Its delay is that of its jitter buffer, which counts
    /// from each packet's arrival, and what the packets took.
    /// - Parameter buffer: what that buffer was told to hold, ms; nil: nothing.
    func replace(
        _ outcome: inout SimulatedCallOutcome, frameMilliseconds: Int, line: QualityLine, seed: UInt64, buffer: Int?
    ) throws {
        let path = path(line, seed, buffer: buffer, "json")
        let figures = try JSONValue(parsing: try WholeFile.read(path))
        guard let held = figures["bufferMs"]?.double, let concealed = figures["concealedPercent"]?.double else {
            throw Failure(description: "\(path) has no bufferMs and concealedPercent")
        }
        let late = outcome.packets.reduce(0.0) { sum, packet in
            sum + packet.arrival - Double((packet.index + 1) * frameMilliseconds) - DelayTrace.fastest
        }
        outcome.bufferDelay = held + late / Double(max(outcome.packets.count, 1))
        outcome.concealedShare = concealed / 100
        outcome.stretchedPerSecond = 0
        let bytes = try WholeFile.read(self.path(line, seed, buffer: buffer, "raw"))
        outcome.output = bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }
    }
}
