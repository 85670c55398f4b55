/// The SDK's four publish channels.
package enum PublishChannel: String, Sendable, CaseIterable {
    case main
    case aux
    case third
    case fourth

    /// 0–3, the number of the channel's encoder in the audio thread.
    package var index: Int {
        switch self {
        case .main: 0
        case .aux: 1
        case .third: 2
        case .fourth: 3
        }
    }
}
