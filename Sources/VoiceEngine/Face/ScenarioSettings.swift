/// What a scenario sets.
package struct ScenarioSettings: Sendable, Equatable {
    /// What a publisher starts with: `getAudioConfig` before anything was set.
    package let audioConfig: PublishAudioConfig
    /// Opus is tuned for music instead of voices.
    package let isMusic: Bool
    /// Echo, noise and gain.
    package let processing: ProcessingSettings
    /// Channels that are captured and channels of the mix.
    package var channels: PublishAudioConfig.Channels { audioConfig.channels }

    init(
        _ bitrateKbps: Int, _ channels: PublishAudioConfig.Channels, frameMs: Int, isMusic: Bool,
        echo: ProcessingMode?, noise: ProcessingMode?, gain: ProcessingMode?
    ) {
        audioConfig = PublishAudioConfig(bitrateKbps: bitrateKbps, channels: channels, frameMs: frameMs)
        self.isMusic = isMusic
        processing = ProcessingSettings(echo: echo, noise: noise, gain: gain)
    }
}
