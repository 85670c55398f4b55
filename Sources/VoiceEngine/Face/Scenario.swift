/// The SDK's scenarios. Each stands for a set of audio defaults.
package enum Scenario: String, Sendable, CaseIterable {
    case `default`
    case standardVideoCall = "standard-video-call"
    case highQualityVideoCall = "high-quality-video-call"
    case standardChatroom = "standard-chatroom"
    case highQualityChatroom = "high-quality-chatroom"
    case broadcast
    case karaoke
    case standardVoiceCall = "standard-voice-call"

    /// What a publisher of this scenario starts with: the SDK's presets (standard 48 kb/s mono, high quality 128 kb/s
    /// mono, high quality stereo 192 kb/s) by what the scenario is for.
    package var audioConfig: PublishAudioConfig {
        switch self {
        case .default, .standardVideoCall, .standardChatroom, .standardVoiceCall:
            PublishAudioConfig(bitrateKbps: 48, channels: .mono, frameMs: 20)
        case .highQualityVideoCall, .highQualityChatroom:
            PublishAudioConfig(bitrateKbps: 128, channels: .mono, frameMs: 20)
        case .broadcast, .karaoke:
            PublishAudioConfig(bitrateKbps: 192, channels: .stereo, frameMs: 20)
        }
    }
}
