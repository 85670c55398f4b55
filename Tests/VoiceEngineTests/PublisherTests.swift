import JSONRPC
import RoomModel
import Testing
import Transport
import VoiceEngine

@Suite struct PublisherTests {
    private var publisher: Publisher
    private var random = RandomSource.seeded(1)

    init() throws {
        publisher = Publisher(
            streamID: try StreamID("s"), channel: .main, roomID: try RoomID("r"), source: .device, isConnected: false,
            schedule: RetrySchedule(windowSeconds: 1200), now: .zero)
    }

    private func state(_ state: PublisherState, _ code: Int = 0) -> EngineEvent {
        .publisherState(streamID: "s", state: state, errorCode: code, extendedData: [:])
    }

    private func seconds(_ seconds: Double) -> MonotonicTime { MonotonicTime(nanoseconds: Int64(seconds * 1e9)) }

    @Test mutating func publishesWhenAcceptedAndConnected() {
        #expect(publisher.stateEvent == state(.publishRequesting))
        #expect(publisher.needsNegotiation(now: .zero))
        #expect(publisher.accepted() == [])
        #expect(!publisher.needsNegotiation(now: .zero))
        #expect(publisher.connected() == [state(.publishing)])
        #expect(
            publisher.firstFrameSent(now: seconds(0.05)) == [.publisherFirstFrame(streamID: "s", elapsedMs: 50)])
        #expect(publisher.firstFrameSent(now: seconds(0.1)) == [])
    }

    @Test mutating func aLostPathIsRequestedAgain() {
        _ = publisher.connected()
        #expect(publisher.accepted() == [state(.publishing)])
        #expect(publisher.disconnected(now: seconds(10)) == [state(.publishRequesting, 1_003_020)])
        #expect(publisher.disconnected(now: seconds(11)) == [])
        // The server still has the stream: only the path is missing.
        #expect(!publisher.needsNegotiation(now: seconds(11)))
        #expect(publisher.connected() == [state(.publishing)])
    }

    @Test mutating func aLostSessionIsNegotiatedAnew() {
        _ = publisher.connected()
        _ = publisher.accepted()
        #expect(publisher.forgotten(now: seconds(10)) == [state(.publishRequesting, 1_003_020)])
        #expect(publisher.needsNegotiation(now: seconds(10)))
        #expect(publisher.accepted() == [state(.publishing)])
    }

    @Test mutating func aDuplicateStreamIsFinal() {
        #expect(publisher.refused(1_003_028, now: .zero, random: &random) == [state(.noPublish, 1_003_028)])
        #expect(publisher.isFinal)
        #expect(publisher.accepted() == [])
        #expect(publisher.connected() == [])
        #expect(publisher.stopped() == [])
    }

    @Test mutating func whatMayPassIsTriedAgainLater() {
        #expect(publisher.refused(1_002_099, now: .zero, random: &random) == [])
        #expect(!publisher.needsNegotiation(now: seconds(0.3)))
        #expect(publisher.needsNegotiation(now: seconds(0.6)))
        let deadline = publisher.deadline(now: .zero)
        #expect(deadline >= seconds(0.4) && deadline <= seconds(0.6))
    }

    @Test mutating func theWindowEnds() {
        _ = publisher.connected()
        _ = publisher.accepted()
        #expect(publisher.tick(now: seconds(5000)) == [])
        _ = publisher.disconnected(now: seconds(5000))
        #expect(publisher.deadline(now: seconds(5000)) == seconds(6200))
        #expect(publisher.tick(now: seconds(6199)) == [])
        #expect(publisher.tick(now: seconds(6200)) == [state(.noPublish, 1_003_021)])
    }

    @Test mutating func stopIsQuietAndFinal() {
        #expect(publisher.stopped() == [state(.noPublish)])
        #expect(publisher.stopped() == [])
        #expect(publisher.firstFrameSent(now: seconds(1)) == [])
    }
}
