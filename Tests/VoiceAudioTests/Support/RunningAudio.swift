import Glibc
import MediaIO
import Synchronization
import Testing
import Transport
import VoiceAudio

/// An ``AudioSystem`` that runs, with its events, and a stand-in for the media thread: what publisher 0…3 sends comes back
/// to the player of the same number.
final class RunningAudio: Sendable {
    let audio: AudioSystem
    private let events: EventLog
    private let pump: MediaLoop?

    final class EventLog: Sendable {
        let all = Mutex<[AudioEvent]>([])
        func states(_ direction: AudioDirection) -> [AudioDeviceState] {
            all.withLock { events in
                events.compactMap { event in
                    if case .deviceState(let status) = event, status.direction == direction {
                        status.state
                    } else {
                        nil
                    }
                }
            }
        }
    }

    /// - Parameters:
    ///   - loopsBack: frames go from publishers to players, the sequence counted here.
    ///   - listeners: more than one: publisher 0 alone is reflected, to so many players.
    init(_ configuration: AudioConfiguration, loopsBack: Bool = false, listeners: Int = 1) async throws {
        let events = EventLog()
        self.events = events
        audio = try AudioSystem(configuration: configuration) { event in events.all.withLock { $0.append(event) } }
        if loopsBack {
            let loop = try MediaLoop(name: "test-media")
            pump = loop
            try loop.start()
            let reflector = Reflector(loop: loop, audio: audio, listeners: listeners)
            try await reflector.begin()
        } else {
            pump = nil
        }
        try await audio.start()
    }

    func states(_ direction: AudioDirection) -> [AudioDeviceState] { events.states(direction) }
    var allEvents: [AudioEvent] { events.all.withLock { $0 } }

    func stop() async {
        await audio.stop()
        await pump?.shutdown()
    }

    /// Takes frames from one ring to the other, on its loop.
    private actor Reflector {
        let loop: MediaLoop
        let audio: AudioSystem
        let listeners: Int
        var sequence: [UInt16] = [0, 0, 0, 0]
        nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

        init(loop: MediaLoop, audio: AudioSystem, listeners: Int) {
            self.listeners = listeners
            self.loop = loop
            self.audio = audio
        }

        func begin() throws {
            try loop.watch(audio.encodedFramesReady.descriptor) { self.assumeIsolated { $0.reflect() } }
        }

        private func reflect() {
            audio.encodedFramesReady.take()
            let consumer = audio.encodedFrames.consumer
            let producer = audio.receivedFrames.producer
            while let source = consumer.peek() {
                let frame = source.encodedFrame.pointee
                for listener in 0..<UInt8(listeners) {
                    guard let target = producer.reserve(), let bytes = source.payload.baseAddress else { break }
                    target.receivedFrame.pointee = ReceivedFrame(
                        slot: frame.channel + listener, encoding: .opus, payloadLength: frame.payloadLength,
                        sequenceNumber: sequence[Int(frame.channel)], timestamp: frame.timestamp, arrival: .now())
                    target.payload.baseAddress?.copyMemory(from: bytes, byteCount: Int(frame.payloadLength))
                    producer.commit()
                }
                sequence[Int(frame.channel)] &+= 1
                consumer.release()
            }
        }
    }
}

/// Waits until something is so; an issue is recorded when it is not within the time.
func eventually(
    within seconds: Double = 10, _ what: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () -> Bool
) async throws {
    let deadline = MonotonicTime.now().advanced(byNanoseconds: Int64(seconds * 1e9))
    while !condition() {
        guard MonotonicTime.now() < deadline else {
            Issue.record("not within \(seconds) s: \(what)", sourceLocation: sourceLocation)
            return
        }
        try await Task.sleep(nanoseconds: 5_000_000)
    }
}
