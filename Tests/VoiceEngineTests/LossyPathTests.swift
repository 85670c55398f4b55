import RoomModel
import RoomServer
import StallWatch
import Testing
import Transport
import VoiceEngine

/// Engines and the room server in one process, with a relay between them that loses media: copies, requests and the
/// server's part together.
@Suite(.serialized, .timeLimit(.minutes(2)), .realTime) struct LossyPathTests {
    private func metric(_ name: String, _ bed: TestBed) async -> Double {
        let lines = (await bed.server.metrics() ?? "").split(separator: "\n")
        return lines.first { $0.hasPrefix("zego_room_\(name) ") }?.split(separator: " ").last.flatMap { Double($0) }
            ?? 0
    }

    private func until(_ what: String, seconds: Double = 40, _ holds: () async -> Bool) async throws {
        let deadline = MonotonicTime.now().advanced(byNanoseconds: Int64(seconds * 1e9))
        while await !holds() {
            guard MonotonicTime.now() < deadline else { throw EventRecorder.TimedOut(description: "no \(what)") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// The mean share that had to be made up, over a number of intervals of three seconds.
    private func concealed(_ events: EventRecorder, _ intervals: Int) async throws -> Double {
        let mark = events.mark
        func rates() -> [Double] {
            events.events.dropFirst(mark).compactMap {
                if case .playerQuality("voice", let quality) = $0 { quality.concealedRate } else { nil }
            }
        }
        // The first one began before.
        try await until("figures") { rates().count > intervals }
        return rates().dropFirst().prefix(intervals).reduce(0, +) / Double(intervals)
    }

    @Test func aVoiceSurvivesALossyWayUp() async throws {
        let call = try await RelayedCall()
        let (relay, bed, anna, ben) = (call.relay, call.bed, call.anna, call.ben)
        try await call.begin(sink: .file(path: "up.wav"))
        #expect(anna.snapshot().network.sending.copies == 0)
        relay.loss = DatagramRelay.Loss(toServer: 0.2, meanRun: 2)
        try await until("copies") { anna.snapshot().network.sending.copies >= 3 }
        let before = relay.media
        let rate = try await concealed(call.bensEvents, 2)
        let after = relay.media
        let loss = Double(after.lost - before.lost) / Double(after.packets - before.packets)
        let bits = Double(after.bytes - before.bytes) * 8 / (Double(after.packets - before.packets) / 50)
        let restored = await metric("media_packets_restored_total", bed)
        let again = await metric("media_packets_recovered_total", bed)
        let received = ben.snapshot().players.first?.quality?.kbps ?? 0
        print(
            "measured: way up, \(loss) lost: \(rate) made up, \(restored) restored from copies, \(again) sent again,",
            "\(Int(bits)) b/s; \(received) kb/s go on")
        #expect(loss > 0.1)
        #expect(rate < 0.25 * loss)
        #expect(restored > 20)
        // 90 kb/s of payload, and what headers take.
        #expect(bits < 125_000)
        let sending = anna.snapshot().network.sending
        #expect((sending.targetBitrate ?? 0) <= 22_500 && sending.packetsWithCopies > 100)
        // The listener's own way is clean: of the copies no more than the nearest goes on.
        #expect(received > 10 && received < 65)
        #expect(WAV.share(of: 440, in: WAV.read(bed.directory + "/media/up.wav").suffix(48_000)) > 0.8)
        try await call.end()
    }

    @Test func aVoiceSurvivesALossyWayDown() async throws {
        let call = try await RelayedCall()
        let (anna, ben, annasEvents) = (call.anna, call.ben, call.annasEvents)
        try await call.begin()
        call.relay.loss = DatagramRelay.Loss(toClients: 0.2, meanRun: 2)
        let mark = annasEvents.mark
        try await until("repairs") { ben.snapshot().network.retransmissions.repairedByCopies > 20 }
        let rate = try await concealed(call.bensEvents, 2)
        let lost = ben.snapshot().players.first?.quality?.packetLostRate ?? 0
        let repairs = ben.snapshot().network.retransmissions
        print(
            "measured: way down, \(lost) lost: \(rate) made up, \(repairs.repairedByCopies) came as copies, \(repairs.recovered) again"
        )
        #expect(rate < 0.05)
        #expect(await metric("media_packets_with_copies_total", call.bed) > 100)
        // The publisher hears of its own way only, which is clean: it sends as before.
        #expect(anna.snapshot().network.sending.copies == 0)
        for case .publisherQuality(_, let quality) in annasEvents.events.dropFirst(mark) {
            #expect(quality.packetLostRate == 0)
        }
        try await call.end()
    }

    /// The line of a listener who is alone takes less than the voice wants: its publisher is told, and sends what fits.
    @Test func aVoiceFollowsAThinWayDown() async throws {
        let relay = try await DatagramRelay()
        let bed = try await TestBed(advertise: ["127.0.0.1:\(relay.port)"])
        relay.forward(to: bed.port)
        let (anna, _) = try await bed.engine()
        let (ben, bensEvents) = try await bed.engine()
        try await bed.login(anna, "anna")
        try await bed.login(ben, "ben")
        _ = try await anna.startPublishing(streamID: "voice", source: .tone(hertz: 440), wait: .seconds(10))
        relay.lineRate = 60_000
        let began = MonotonicTime.now()
        _ = try await ben.startPlaying(streamID: "voice", wait: .seconds(10))
        try await until("cap") { anna.snapshot().network.sending.listenerBitrate != nil }
        let told = MonotonicTime.now().milliseconds(since: began) / 1000
        try await until("short queue") { relay.queue < 50 }
        let settled = MonotonicTime.now().milliseconds(since: began) / 1000
        let mark = bensEvents.mark
        let rate = try await concealed(bensEvents, 3)
        let sending = anna.snapshot().network.sending
        print(
            "measured: way down of 60 kb/s: told after \(told) s, settled after \(settled) s, then \(rate) made up, a queue of \(relay.queue) ms, voice of \(sending.targetBitrate ?? 0) b/s"
        )
        #expect(rate < 0.05)
        #expect(relay.queue < 300)
        #expect(sending.targetBitrate.map { $0 >= 12_000 && $0 < 48_000 } == true)
        for case .playerQuality(_, let quality) in bensEvents.events.dropFirst(mark) {
            #expect(quality.packetLostRate < 0.02)
        }
        #expect(await metric("media_listeners_limited", bed) == 1)
        // Wide again.
        relay.lineRate = nil
        try await until("the whole voice") {
            let sending = anna.snapshot().network.sending
            return sending.listenerBitrate == nil && sending.targetBitrate == 48_000
        }
        _ = await anna.destroy()
        _ = await ben.destroy()
        try await relay.stop()
        await bed.stop()
    }

    /// A publisher who has nothing to say costs next to nothing, and nobody takes that for loss.
    @Test func aSilentVoiceIsHardlySent() async throws {
        let call = try await RelayedCall { $0.isDiscontinuous = true }
        let (relay, bensEvents) = (call.relay, call.bensEvents)
        relay.loss = DatagramRelay.Loss()
        try await call.begin(source: .silence)
        let mark = bensEvents.mark
        let (packets, began) = (relay.media.packets, MonotonicTime.now())
        let rate = try await concealed(bensEvents, 2)
        let seconds = MonotonicTime.now().milliseconds(since: began) / 1000
        let perSecond = Double(relay.media.packets - packets) / seconds
        print("measured: DTX, silence: \(perSecond) packets a second, \(rate) made up")
        #expect(perSecond > 2 && perSecond < 15)
        #expect(rate < 0.02)
        for case .playerQuality(_, let quality) in bensEvents.events.dropFirst(mark) {
            #expect(quality.packetLostRate == 0)
        }
        #expect(
            !bensEvents.lines.dropFirst(mark).contains { $0.hasPrefix("player-state") && $0.contains("requesting") })
        #expect(call.ben.snapshot().network.retransmissions.requested == 0)
        try await call.end()
    }
}
