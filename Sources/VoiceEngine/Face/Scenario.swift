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

    /// The one table of what a scenario sets: the SDK's presets (standard 48 kb/s mono, high quality 128 kb/s mono, high
    /// quality stereo 192 kb/s) by what the scenario is for, and as much processing as leaves its sound whole. Clean
    /// speech through medium echo, soft noise and soft gain keeps a PESQ of 4.5 (of 4.6); medium noise alone costs 0.2, and
    /// 0.6 of a quiet voice; echo alone costs nothing but 7 ms. Aggressive echo takes more of two who speak at once.
    package var settings: ScenarioSettings {
        switch self {
        case .default, .standardVideoCall, .standardVoiceCall:
            ScenarioSettings(48, .mono, frameMs: 20, isMusic: false, echo: .medium, noise: .soft, gain: nil)
        // Many voices through many microphones: brought to one level.
        case .standardChatroom:
            ScenarioSettings(48, .mono, frameMs: 20, isMusic: false, echo: .medium, noise: .soft, gain: .soft)
        case .highQualityVideoCall, .highQualityChatroom:
            ScenarioSettings(128, .mono, frameMs: 20, isMusic: true, echo: .soft, noise: nil, gain: nil)
        case .broadcast:
            ScenarioSettings(192, .stereo, frameMs: 20, isMusic: true, echo: .soft, noise: nil, gain: nil)
        // Who sings wears headphones, and wants to hear himself without delay.
        case .karaoke:
            ScenarioSettings(192, .stereo, frameMs: 20, isMusic: true, echo: nil, noise: nil, gain: nil)
        }
    }
}
