import RTP
import Testing
import Transport

struct REDTests {
    private struct Block: Equatable {
        var payloadType: UInt8
        var offset: UInt32
        var isPrimary: Bool
        var data: [UInt8]
    }

    private func read(_ payload: [UInt8]) -> [Block]? {
        withExactMemory(payload) {
            guard var reader = REDReader(UnsafeRawBufferPointer($0)) else { return nil }
            var blocks: [Block] = []
            while let block = reader.next() {
                blocks.append(
                    Block(
                        payloadType: block.payloadType, offset: block.timestampOffset, isPrimary: block.isPrimary,
                        data: Array(block.data)))
            }
            #expect(blocks.count == reader.blockCount)
            return blocks
        }
    }

    private func write(_ blocks: [Block], capacity: Int = 4000) -> [UInt8]? {
        let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: blocks.reduce(1) { $0 + $1.data.count }, alignment: 1)
        defer { memory.deallocate() }
        var offset = 0
        let views = blocks.map { block in
            let part = memory.part(offset, block.data.count)
            part.copyBytes(from: block.data)
            offset += block.data.count
            let data = UnsafeRawBufferPointer(part)
            return block.isPrimary
                ? REDBlock(primaryPayloadType: block.payloadType, data: data)
                : REDBlock(payloadType: block.payloadType, timestampOffset: block.offset, data: data)
        }
        guard let primary = views.last else { return nil }
        return Array(views.dropLast()).withUnsafeBufferPointer { redundant in
            written(capacity: capacity) { REDWriter.write(redundant: redundant, primary: primary, into: $0) }
        }
    }

    @Test func blocksGoRoundAtTheirLimits() {
        let blocks = [
            Block(payloadType: 111, offset: 0x3FFF, isPrimary: false, data: [UInt8](repeating: 1, count: 0x3FF)),
            Block(payloadType: 96, offset: 960, isPrimary: false, data: [2]),
            Block(payloadType: 111, offset: 0, isPrimary: true, data: [UInt8](repeating: 3, count: 1200)),
        ]
        let payload = write(blocks)
        #expect(payload?.prefix(9) == hex("efffffff e00f0001 6f")[...])
        #expect(payload.flatMap { read($0) } == blocks)
        #expect(write(blocks, capacity: (payload?.count ?? 0) - 1) == nil)
    }

    @Test func whatTheFormatCannotExpressIsLeftOut() {
        let primary = Block(payloadType: 111, offset: 0, isPrimary: true, data: [9])
        let tooOld = Block(payloadType: 111, offset: 0x4000, isPrimary: false, data: [1])
        let tooLong = Block(payloadType: 111, offset: 960, isPrimary: false, data: [UInt8](repeating: 1, count: 1024))
        let empty = Block(payloadType: 111, offset: 960, isPrimary: false, data: [])
        #expect(write([tooOld, tooLong, empty, primary]) == hex("6f09"))
    }

    @Test func thePrimaryBlockIsFound() {
        let payload = hex("ef0f0002 6f aabb ccdd")
        let primary = withExactMemory(payload) {
            REDReader.primary(of: UnsafeRawBufferPointer($0)).map { Array($0.data) }
        }
        #expect(primary == [0xCC, 0xDD])
        #expect(read([]) == nil)
        #expect(read(hex("ef0f0003 6f aabb")) == nil)
        #expect(read(hex("ef0f00")) == nil)
        #expect(read(hex("6f")) == [Block(payloadType: 111, offset: 0, isPrimary: true, data: [])])
        #expect(read([UInt8](repeating: 0x80, count: 33 * 4) + [0]) == nil)
    }

    @Test func payloadTypesAreReplacedInPlace() {
        var payload = hex("ef0f0002 e00f0001 6f aabb cc dd")
        #expect(payload.withUnsafeMutableBytes { REDWriter.replacePayloadType(111, by: 109, in: $0) })
        #expect(payload == hex("ed0f0002 e00f0001 6d aabb cc dd"))
        var broken = hex("ef0f00ff 6f")
        #expect(!broken.withUnsafeMutableBytes { REDWriter.replacePayloadType(111, by: 109, in: $0) })
    }

    @Test func noiseIsReadWithoutHarm() {
        var random = RandomSource.seeded(8)
        for _ in 0..<30_000 {
            var bytes = random.bytes(Int.random(in: 0...60, using: &random))
            for index in stride(from: 0, to: min(bytes.count, 12), by: 4) where index + 3 < bytes.count {
                bytes[index + 2] &= 0xFC
                bytes[index + 3] %= 20
            }
            _ = read(bytes)
            _ = bytes.withUnsafeMutableBytes { REDWriter.replacePayloadType(1, by: 2, in: $0) }
        }
    }
}
