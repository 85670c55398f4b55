import Testing
import VoiceAudio
import VoiceEngine

@Suite struct EModelTests {
    /// G.107 Annex B, table B.1: the lower limits of the bands of user satisfaction.
    @Test(arguments: [(90.0, 4.34), (80.0, 4.03), (70.0, 3.60), (60.0, 3.10), (50.0, 2.58)])
    func ratingsOfTableB1(_ rating: Double, _ score: Double) {
        #expect(abs(EModel.meanOpinionScore(rating: rating) - score) < 0.01)
    }

    /// The recommendation's defaults give R = 93.2 and MOS 4.41.
    @Test func aPerfectLine() {
        let score = EModel.meanOpinionScore(lossRate: 0, burstRatio: 1, oneWayDelayMs: 0)
        #expect(abs(score - 4.41) < 0.005)
    }

    @Test func theScaleEnds() {
        #expect(EModel.meanOpinionScore(rating: -5) == 1)
        #expect(EModel.meanOpinionScore(rating: 3) >= 1)
        #expect(EModel.meanOpinionScore(rating: 120) == 4.5)
    }

    /// Idd of equation 7-28, worked out by hand: nothing up to 100 ms; X = 1 at 200 ms and 2 at 400 ms.
    @Test(arguments: [(50.0, 0.0), (100.0, 0.0), (200.0, 3.04), (400.0, 24.07)])
    func delay(_ milliseconds: Double, _ impairment: Double) {
        #expect(abs(EModel.delayImpairment(milliseconds) - impairment) < 0.02)
    }

    /// libopus 1.3.1 with its own concealment, PESQ-WB: 3.19, 2.34 and 1.65 at 5, 10 and 20 % random loss.
    @Test(arguments: [(0.05, 3.19), (0.10, 2.34), (0.20, 1.65)])
    func lossAsMeasured(_ rate: Double, _ score: Double) {
        #expect(abs(EModel.meanOpinionScore(lossRate: rate, burstRatio: 1, oneWayDelayMs: 20) - score) < 0.1)
    }

    @Test func burstsHurtMore() {
        let random = EModel.meanOpinionScore(lossRate: 0.05, burstRatio: 1, oneWayDelayMs: 20)
        let bursty = EModel.meanOpinionScore(lossRate: 0.05, burstRatio: 3, oneWayDelayMs: 20)
        #expect(bursty < random)
        #expect(EModel.burstRatio(lost: 30, runs: 10, total: 300) == 3 * 0.9)
        #expect(EModel.burstRatio(lost: 0, runs: 0, total: 300) == 1)
    }

    @Test func bands() {
        #expect(QualityLevel(mos: 4.2) == .excellent)
        #expect(QualityLevel(mos: 3.5) == .good)
        #expect(QualityLevel(mos: 3.2) == .medium)
        #expect(QualityLevel(mos: 2.5) == .bad)
        #expect(QualityLevel(mos: 1) == .die)
        #expect(QualityLevel(mos: nil) == .unknown)
    }
}
