import Glibc
import Testing
import Transport
import VoiceAudio

@Suite("Sound that is made up, in virtual time")
struct ConcealmentTests {
    /// A tone of 440 Hz and −12 dBFS goes 0.0145 from one sample to the next; what clicks goes further.
    private static let step: Float = 0.03

    /// Three seconds of the tone, of which the packets from the 50th on are lost, 20 ms each.
    private static func listen(lost: Int) throws -> [Float] {
        let tone = (0..<48_000 * 3).map { Float(0.25 * sin(2 * Double.pi * 440 * Double($0) / 48_000)) }
        let packets = try ChainTests.encode(tone, bitrate: 96_000)
        var unit = try PlayoutUnit.make(channels: 1)
        let path = VirtualPath(delay: { 50..<50 + lost ~= $0 ? nil : 5 })
        return ChainTests.play(path.arrivals(packets), seconds: 2.9, unit: &unit)
    }

    @Test("neither its beginning nor its end clicks", arguments: [1, 2, 3, 5, 8, 12, 50])
    func clicks(lost: Int) throws {
        let heard = try Self.listen(lost: lost)[4800...]
        let worst = zip(heard, heard.dropFirst()).map { abs($0 - $1) }.max() ?? 1
        #expect(worst < Self.step)
        #expect(heard.suffix(24_000).contains { $0 > 0.24 })
    }

    @Test("what is skipped after a long stall is not heard as a step")
    func skips() throws {
        let tone = (0..<48_000 * 4).map { Float(0.25 * sin(2 * Double.pi * 440 * Double($0) / 48_000)) }
        let packets = try ChainTests.encode(tone, bitrate: 96_000)
        // Nothing comes for 0.9 s, and then all of it.
        let path = VirtualPath(delay: { 75..<120 ~= $0 ? 5 + Double(120 - $0) * 20 : 5 })
        var unit = try PlayoutUnit.make(channels: 1)
        let heard = ChainTests.play(path.arrivals(packets), seconds: 3.9, unit: &unit)[4800...]
        #expect(unit.jitterBuffer.counters.skipped > 10)
        let worst = zip(heard, heard.dropFirst()).map { abs($0 - $1) }.max() ?? 1
        #expect(worst < Self.step)
        #expect(heard.suffix(24_000).contains { $0 > 0.24 })
    }

    @Test("it is as loud as what was lost at first, then fades and is gone after a sixth of a second")
    func fades() throws {
        let heard = try Self.listen(lost: 30)
        // What was captured at 1 s is heard about 50 ms later.
        func peak(_ milliseconds: Range<Int>) -> Float {
            heard[(1050 + milliseconds.lowerBound) * 48..<(1050 + milliseconds.upperBound) * 48].map { abs($0) }.max()
                ?? 0
        }
        let peaks = stride(from: 0, to: 200, by: 20).map { peak($0..<$0 + 20) }
        #expect(peaks[0] > 0.2 && peaks[1] > 0.1, "\(peaks)")
        #expect(zip(peaks, peaks.dropFirst()).allSatisfy { $1 <= $0 * 1.1 }, "\(peaks)")
        #expect(peak(200..<500) < 0.001)
    }
}
