import Testing
import Transport
import VoiceAudio

@Suite("How evenly a card takes its blocks, in virtual time")
struct CardCadenceTests {
    /// Blocks of 2.5 ms for a card with periods of 5 ms.
    private var cadence = CardCadence(block: 120, period: 240)
    private var now = MonotonicTime(nanoseconds: 1_000_000_000)

    /// Takes blocks for so long, each `late` frames after its time; how often the reserve changed.
    private mutating func play(milliseconds: Int, late: (Int) -> Int) -> Int {
        var changes = 0
        for turn in 0..<milliseconds * 2 / 5 {
            now = now.advanced(byNanoseconds: 2_500_000)
            if cadence.note(late: late(turn), turn: now) { changes += 1 }
            // What is made in the same turn says nothing.
            if cadence.note(late: 0, turn: now) { changes += 100 }
        }
        return changes
    }

    @Test("a card is taken for one that wakes once in a period, until its blocks come in time; then less waits in it")
    mutating func becomesEven() {
        #expect(cadence.reserve == 360)
        let changes = play(milliseconds: 200) { $0 % 5 }
        #expect(changes == 1)
        #expect(cadence.reserve == 240)
    }

    @Test("one that takes two blocks at the end of each period has as much in it then as one with longer blocks")
    mutating func staysUneven() {
        let changes = play(milliseconds: 60_000) { _ in 120 }
        #expect(changes == 0)
        #expect(cadence.reserve - 120 == 240)
    }

    @Test("a machine that stands still now and then changes nothing, one that is late does")
    mutating func busyMachine() {
        _ = play(milliseconds: 200) { _ in 2 }
        let changes = play(milliseconds: 60_000) { $0 % 100 < 3 ? 480 : 2 }
        #expect(changes == 0)
        let changes2 = play(milliseconds: 1000) { _ in 90 }
        #expect(changes2 == 1)
        #expect(cadence.reserve == 360)
        let changes3 = play(milliseconds: 8000) { _ in 2 }
        #expect(changes3 == 0)
        let changes4 = play(milliseconds: 4000) { _ in 2 }
        #expect(changes4 == 1)
        #expect(cadence.reserve == 240)
    }

    @Test("blocks as long as the period or longer are no matter of this")
    func wholePeriods() {
        #expect(CardCadence(block: 480, period: 480).reserve == 480)
        #expect(CardCadence(block: 480, period: 240).reserve == 480)
        #expect(!CardCadence(block: 480, period: 480).looksBetween)
    }
}
