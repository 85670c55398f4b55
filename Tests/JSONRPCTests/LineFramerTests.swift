import JSONRPC
import Testing

@Suite("Lines")
struct LineFramerTests {
    private func texts(_ lines: [LineFramer.Line]) -> [String] {
        lines.map {
            switch $0 {
            case .text(let bytes): String(decoding: bytes, as: UTF8.self)
            case .tooLong: "<too long>"
            }
        }
    }

    @Test("LF ends a line; CR, blank lines and a missing last LF are tolerated")
    func lines() {
        var framer = LineFramer()
        #expect(texts(framer.append(Array("a\r\n\n \t\r\nb\nc".utf8))) == ["a", "b"])
        #expect(framer.bufferedByteCount == 1)
        #expect(texts(framer.finish()) == ["c"])
        #expect(framer.finish().isEmpty)
    }

    @Test("Byte by byte gives the same as all at once")
    func byteByByte() {
        let input = Array("{\"a\":\"ü\"}\n[1]\r\n\nlast\n".utf8)
        var whole = LineFramer()
        var single = LineFramer()
        let expected = whole.append(input)
        #expect(expected.count == 3)
        #expect(input.flatMap { single.append([$0]) } == expected)
    }

    @Test(
        "The limit: 1 MiB passes, one byte more gives one error and the next line is read", arguments: [1, 7, 65_536])
    func limit(chunk: Int) {
        let limit = LineFramer.defaultMaximumLength
        for (count, passes) in [(limit - 1, true), (limit, true), (limit + 1, false), (3 * limit, false)] {
            var framer = LineFramer()
            let input = [UInt8](repeating: UInt8(ascii: "x"), count: count) + Array("\nnext\n".utf8)
            var lines: [LineFramer.Line] = []
            // Small chunks only around the limit: byte by byte through a mebibyte says no more and takes long.
            let head = max(0, min(count, limit) - 100)
            lines += framer.append(Array(input[..<head]))
            var rest = input[head...]
            if count > 2 * limit {
                lines += framer.append(Array(rest))
            } else {
                while !rest.isEmpty {
                    lines += framer.append(Array(rest.prefix(chunk)))
                    rest = rest.dropFirst(chunk)
                }
            }
            #expect(lines.count == 2)
            #expect(lines.last == .text(Array("next".utf8)))
            if passes {
                guard case .text(let bytes)? = lines.first else {
                    Issue.record("\(count) bytes refused")
                    continue
                }
                #expect(bytes.count == count)
            } else {
                #expect(lines.first == .tooLong)
            }
        }
    }

    @Test("What is skipped takes no memory")
    func skippingHoldsNothing() {
        var framer = LineFramer(maximumLength: 10)
        #expect(framer.append(Array("0123456789".utf8)).isEmpty)
        #expect(framer.append(Array("0".utf8)) == [.tooLong])
        #expect(framer.append([UInt8](repeating: 65, count: 1000)).isEmpty)
        #expect(framer.bufferedByteCount == 0)
        #expect(framer.finish().isEmpty)
        #expect(texts(framer.append(Array("ok\n".utf8))) == ["ok"])
    }
}
