import Testing
import Transport
import VoiceAudio

@Suite("How much waits in a card, in virtual time")
struct QueueTargetTests {
    /// Blocks of 5 ms and a reserve as long.
    private var target = QueueTarget(block: 240, reserve: 240, capacity: 1440)
    private var now = MonotonicTime(nanoseconds: 1_000_000_000)

    /// Plays for so long, block by block.
    private mutating func play(seconds: Int) {
        for _ in 0..<seconds * 200 {
            now = now.advanced(byMilliseconds: 5)
            _ = target.notePlaying(at: now)
        }
    }

    private mutating func underrun() {
        _ = target.noteUnderrun(at: now)
    }

    @Test("one underrun changes nothing, a second one soon after makes it longer, as far as the buffer goes")
    mutating func grows() {
        #expect(target.frames == 480)
        underrun()
        play(seconds: 11)
        underrun()
        #expect(target.frames == 480)
        play(seconds: 1)
        underrun()
        #expect(target.frames == 600)
        for _ in 0..<20 {
            play(seconds: 1)
            underrun()
        }
        #expect(target.frames == 1440)
    }

    @Test("when the card has been calm it comes down to where it began, a millisecond at a time")
    mutating func shrinks() {
        for _ in 0..<20 { underrun() }
        #expect(target.frames == 1440)
        play(seconds: 29)
        #expect(target.frames == 1440)
        var last = target.frames
        for _ in 0..<90 {
            play(seconds: 1)
            #expect((0...48).contains(last - target.frames))
            last = target.frames
        }
        #expect(target.frames == 480)
    }

    @Test("another reserve is another aim, with what underruns have added to it")
    mutating func changes() {
        target.change(reserve: 360)
        #expect(target.frames == 600)
        for _ in 0..<2 { underrun() }
        #expect(target.frames == 720)
        target.change(reserve: 240)
        #expect(target.frames == 600)
        play(seconds: 60)
        #expect(target.frames == 480)
    }

    @Test("a machine that is no better is tried again ever more seldom")
    mutating func backsOff() {
        for _ in 0..<3 { underrun() }
        // It bears 720 and no less.
        var trials: [Int] = []
        for second in 0..<3600 {
            play(seconds: 1)
            if target.frames < 720 {
                underrun()
                trials.append(second)
                #expect(target.frames >= 720)
            }
        }
        #expect(trials.count > 2 && trials.count < 12)
        let pauses = zip(trials, trials.dropFirst()).map { $1 - $0 }
        #expect(zip(pauses, pauses.dropFirst()).allSatisfy { $0 <= $1 + 8 })
    }
}
