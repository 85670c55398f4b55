import VoiceEngine

/// The SDK's audio presets (`ZegoAudioConfigPreset`).
enum AudioPreset: String, CaseIterable, Sendable {
    case basic = "basic-quality"
    case standard = "standard-quality"
    case standardStereo = "standard-quality-stereo"
    case high = "high-quality"
    case highStereo = "high-quality-stereo"

    var bitrateKbps: Int {
        switch self {
        case .basic: 16
        case .standard: 48
        case .standardStereo: 56
        case .high: 128
        case .highStereo: 192
        }
    }

    var channels: PublishAudioConfig.Channels {
        switch self {
        case .basic, .standard, .high: .mono
        case .standardStereo, .highStereo: .stereo
        }
    }
}
