import Testing
import Transport
import WebRTC

/// Messages on TCP connections.
struct StreamFramingTests {
    private func messages(_ framing: StreamFraming, _ pieces: [[UInt8]]) -> (messages: [[UInt8]], isMalformed: Bool) {
        let deframer = StreamDeframer(framing)
        var found: [[UInt8]] = []
        for piece in pieces {
            var rest = piece[...]
            while !rest.isEmpty, !deframer.isMalformed {
                let space = deframer.space
                let count = min(space.count, rest.count)
                space.copyBytes(from: rest.prefix(count))
                deframer.fill(count)
                rest = rest.dropFirst(count)
                while let message = deframer.next() { found.append(Array(message)) }
            }
        }
        return (found, deframer.isMalformed)
    }

    @Test("however the bytes come, the messages are the same", arguments: [1, 2, 3, 7, 1000])
    func pieces(_ length: Int) {
        let framed: [UInt8] = [0, 3, 1, 2, 3, 0, 0, 0, 1, 9] + [0, 200] + [UInt8](repeating: 7, count: 200)
        let turn: [UInt8] = [0x40, 1, 0, 2, 5, 6, 0, 0] + [0, 1, 0, 4] + [UInt8](repeating: 1, count: 20)
        func cut(_ bytes: [UInt8]) -> [[UInt8]] {
            stride(from: 0, to: bytes.count, by: length).map { Array(bytes[$0..<min($0 + length, bytes.count)]) }
        }
        #expect(messages(.rfc4571, cut(framed)).messages == [[1, 2, 3], [9], [UInt8](repeating: 7, count: 200)])
        #expect(messages(.turn, cut(turn)).messages == [Array(turn[..<8]), Array(turn[8...])])
    }

    @Test(
        "a length that no message has ends it",
        arguments: [
            (StreamFraming.rfc4571, [UInt8]([255, 255, 0])), (.rfc4571, [0x08, 0x01, 0]),
            (.turn, [0x40, 0, 0xFF, 0xFF]),
            (.turn, [0, 1, 0, 3]), (.turn, [0, 1, 0xFF, 0xFC]), (.turn, [0x16, 3, 1, 0]), (.turn, [0x80, 0, 0, 0]),
        ])
    func malformed(_ framing: StreamFraming, _ bytes: [UInt8]) {
        let result = messages(framing, [bytes])
        #expect(result.isMalformed)
        #expect(result.messages.isEmpty)
    }

    @Test("noise of any length", arguments: [StreamFraming.rfc4571, .turn])
    func noise(_ framing: StreamFraming) {
        var random = RandomSource.seeded(3)
        for _ in 0..<300 {
            let pieces = (0..<20).map { _ in random.bytes(Int.random(in: 0...4000, using: &random)) }
            for message in messages(framing, pieces).messages { #expect(message.count <= StreamFraming.maximumMessage) }
        }
    }
}
