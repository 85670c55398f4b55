import VoiceAudio

/// How hard echo, noise and gain are gone at: the SDK's modes.
package enum ProcessingMode: String, Sendable, CaseIterable {
    case soft
    case medium
    case aggressive

    var strength: ProcessingStrength {
        switch self {
        case .soft: .soft
        case .medium: .medium
        case .aggressive: .aggressive
        }
    }
}
