import VoiceEngine

/// Anna and Ben in one room of a server in this process, with a relay between them and the server that can lose their media.
struct RelayedCall {
    let relay: DatagramRelay
    let bed: TestBed
    let anna: VoiceEngine
    let annasEvents: EventRecorder
    let ben: VoiceEngine
    let bensEvents: EventRecorder

    /// - Parameter adjust: changes Anna's engine.
    init(_ adjust: (inout EngineConfiguration) -> Void = { _ in }) async throws {
        relay = try await DatagramRelay()
        bed = try await TestBed(advertise: ["127.0.0.1:\(relay.port)"])
        relay.forward(to: bed.port)
        (anna, annasEvents) = try await bed.engine(adjust: adjust)
        (ben, bensEvents) = try await bed.engine()
        try await bed.login(anna, "anna")
        try await bed.login(ben, "ben")
    }

    /// Anna publishes `voice`, and Ben plays it.
    func begin(source: PublishSource = .tone(hertz: 440), sink: PlaySink = .device) async throws {
        _ = try await anna.startPublishing(streamID: "voice", source: source, wait: .seconds(10))
        _ = try await ben.startPlaying(streamID: "voice", sink: sink, wait: .seconds(10))
    }

    func end() async throws {
        _ = await anna.destroy()
        _ = await ben.destroy()
        await bed.stop()
        try await relay.stop()
    }
}
