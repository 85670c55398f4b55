import RoomServer
import Testing

@Suite("Sequence numbers without the publisher's padding")
struct SequenceCompactorTests {
    @Test("what was not passed on leaves no gap")
    func leavesNoGap() {
        var compactor = SequenceCompactor()
        #expect(compactor.compact(10) == 10)
        compactor.skip(11)
        compactor.skip(12)
        #expect(compactor.compact(13) == 11)
        #expect(compactor.compact(14) == 12)
        compactor.skip(15)
        #expect(compactor.compact(16) == 13)
    }

    @Test("what was lost on the way stays a gap")
    func keepsLosses() {
        var compactor = SequenceCompactor()
        #expect(compactor.compact(1) == 1)
        #expect(compactor.compact(4) == 4)
        compactor.skip(5)
        #expect(compactor.compact(100) == 99)
    }

    @Test("a late packet gets the number that was left for it")
    func takesLatePackets() {
        var compactor = SequenceCompactor()
        #expect(compactor.compact(1) == 1)
        compactor.skip(3)
        #expect(compactor.compact(4) == 3)
        #expect(compactor.compact(2) == 2)
        compactor.skip(6)
        #expect(compactor.compact(7) == 5)
        #expect(compactor.compact(5) == 4)
        #expect(compactor.compact(6 + 64) == 68)
        #expect(compactor.compact(7) == 5)
    }

    @Test("padding that comes late changes nothing any more")
    func ignoresLatePadding() {
        var compactor = SequenceCompactor()
        #expect(compactor.compact(1) == 1)
        #expect(compactor.compact(3) == 3)
        compactor.skip(2)
        #expect(compactor.compact(4) == 4)
    }
}
