/// The levels of `onNetworkQuality`, by the MOS bands 4, 3.5, 3 and 2.5.
package enum QualityLevel: String, Sendable {
    case excellent
    case good
    case medium
    case bad
    case die
    case unknown

    /// The level of a mean opinion score of the E-model; nil is a score that is not known yet.
    package init(mos: Double?) {
        switch mos {
        case nil: self = .unknown
        case .some(4...): self = .excellent
        case .some(3.5...): self = .good
        case .some(3...): self = .medium
        case .some(2.5...): self = .bad
        case .some: self = .die
        }
    }
}
