import JSONRPC
import RoomModel
import Testing
import Transport
import VoiceEngine

@Suite struct PlayerTests {
    private var player: Player
    private var random = RandomSource.seeded(1)

    init() throws {
        player = Player(
            streamID: try StreamID("s"), roomID: try RoomID("r"), slot: 0, sink: .device, volume: 100, muted: false,
            isConnected: true, schedule: RetrySchedule(windowSeconds: 1200), now: .zero)
    }

    private func state(_ state: PlayerState, _ code: Int = 0) -> EngineEvent {
        .playerState(streamID: "s", state: state, errorCode: code, extendedData: [:])
    }

    private func seconds(_ seconds: Double) -> MonotonicTime { MonotonicTime(nanoseconds: Int64(seconds * 1e9)) }

    @Test mutating func playsWithTheFirstPacket() {
        #expect(player.stateEvent == state(.playRequesting))
        #expect(player.accepted() == [])
        #expect(
            player.received(at: seconds(0.12)) == [
                state(.playing), .playerFirstFrame(streamID: "s", elapsedMs: 120),
            ])
        #expect(player.received(at: seconds(0.5)) == [])
    }

    @Test mutating func aStreamThatDoesNotExistIsWaitedForForEver() {
        _ = player.accepted()
        #expect(player.deadline(now: seconds(1)) == .distantFuture)
        #expect(player.tick(now: seconds(100_000)) == [])
        #expect(player.received(at: seconds(100_001)).first == state(.playing))
    }

    @Test mutating func aStreamThatEndsIsWaitedFor() {
        _ = player.accepted()
        _ = player.received(at: seconds(1))
        #expect(player.streamEnded(now: seconds(2)) == [state(.playRequesting, 1_004_020)])
        #expect(player.streamEnded(now: seconds(2)) == [])
        #expect(player.tick(now: seconds(100_000)) == [])
        #expect(player.received(at: seconds(100_001)) == [state(.playing)])
    }

    @Test mutating func silenceOnTheLineIsAnInterruption() {
        _ = player.accepted()
        _ = player.received(at: seconds(1))
        _ = player.received(at: seconds(2))
        #expect(player.deadline(now: seconds(2)) == seconds(6))
        #expect(player.tick(now: seconds(5.9)) == [])
        #expect(player.tick(now: seconds(6)) == [state(.playRequesting, 1_004_020)])
    }

    @Test mutating func onHoldItPlaysWithoutPackets() {
        _ = player.accepted()
        #expect(player.hold(true, now: seconds(0.5)) == false)
        #expect(!player.isHeld)
        _ = player.received(at: seconds(1))
        #expect(player.hold(true, now: seconds(2)) == true)
        #expect(player.hold(true, now: seconds(2)) == false)
        #expect(player.deadline(now: seconds(2)) == .distantFuture)
        #expect(player.tick(now: seconds(100)) == [])
        // The four seconds count from the end of the hold.
        #expect(player.hold(false, now: seconds(200)) == true)
        #expect(player.deadline(now: seconds(200)) == seconds(204))
        #expect(player.tick(now: seconds(204)) == [state(.playRequesting, 1_004_020)])
    }

    @Test mutating func aStreamThatEndsOnHoldIsHeardOfAgain() {
        _ = player.accepted()
        _ = player.received(at: seconds(1))
        _ = player.hold(true, now: seconds(2))
        #expect(player.streamEnded(now: seconds(3)) == [state(.playRequesting, 1_004_020)])
        #expect(player.hold(true, now: seconds(3)) == true)
        #expect(!player.isHeld)
        #expect(player.received(at: seconds(4)) == [state(.playing)])
    }

    @Test mutating func aLostPathCountsAgainstTheWindow() {
        _ = player.accepted()
        _ = player.received(at: seconds(1))
        #expect(player.disconnected(now: seconds(2)) == [state(.playRequesting, 1_004_020)])
        #expect(player.tick(now: seconds(1201)) == [])
        #expect(player.tick(now: seconds(1202)) == [state(.noPlay, 1_004_001)])
        #expect(player.received(at: seconds(1203)) == [])
    }

    @Test mutating func aPathThatComesBackForgetsTheWindow() {
        _ = player.accepted()
        _ = player.received(at: seconds(1))
        _ = player.disconnected(now: seconds(2))
        player.connected(now: seconds(1000))
        #expect(player.tick(now: seconds(3000)) == [])
    }

    @Test mutating func aRefusalIsFinal() {
        #expect(player.refused(1_004_025, now: .zero, random: &random) == [state(.noPlay, 1_004_025)])
        #expect(player.stopped() == [])
    }
}
