import RoomModel
import VoiceAudio

// What is done to the microphone's sound, and the scenarios that stand for it.
extension VoiceEngine {
    /// `setRoomScenario`: all audio settings become those of the scenario. 1000067 while in a room, or on the way into one.
    package func setRoomScenario(_ scenario: Scenario) async throws -> CallResult {
        try checkAlive()
        guard !rooms.contains(where: { !$0.reason.isFinal }) else { throw ZegoError(.configurationAfterLogin) }
        self.scenario = scenario
        audioConfigs = [:]
        processing = configuration.processing(of: scenario)
        remember()
        applyAudioSettings()
        await audioTail?.value
        return CallResult(lastSeq: lastSeq)
    }

    /// `enableAEC`, `enableANS`, `enableAGC`: from then on it is the caller's, until a scenario is set. Without a mode the
    /// SDK's default: aggressive for echo, medium for the others. Works on microphones that are cards; echo is taken out
    /// where the loudspeaker is one too.
    package func enableProcessing(
        _ part: ProcessingPart, _ enable: Bool, mode: ProcessingMode? = nil
    ) async throws -> CallResult {
        try checkAlive()
        processing[part] = enable ? mode ?? (part == .echo ? .aggressive : .medium) : nil
        remember()
        applyAudioSettings()
        await audioTail?.value
        return CallResult(lastSeq: lastSeq)
    }

    /// Brings processing and channels of the audio system up to what is set.
    func applyAudioSettings() {
        enqueueAudio { engine in
            let (processing, input, output) = await engine.audioSettings
            await engine.audio.setProcessing(processing)
            await engine.audio.setChannels(input: input, output: output)
        }
    }

    /// The input is opened with two channels where anything is published in stereo, the output where the scenario is
    /// for music in stereo.
    private var audioSettings: (CaptureProcessing, input: Int, output: Int) {
        let isStereo = PublishChannel.allCases.contains { audioConfig(channel: $0).channels == .stereo }
        return (processing.captureProcessing, isStereo ? 2 : 1, scenario.settings.channels.count)
    }
}

extension EngineConfiguration {
    /// What a scenario does to the microphone's sound on this machine.
    func processing(of scenario: Scenario) -> ProcessingSettings {
        var processing = scenario.settings.processing
        // 8 to 14 ms: who wants the shortest delay has headphones, or says what he wants none the less.
        if isLowDelay { return ProcessingSettings(echo: nil, noise: nil, gain: nil) }
        if !echoCancellation { processing.echo = nil }
        return processing
    }
}
