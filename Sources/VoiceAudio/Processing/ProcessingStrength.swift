/// How hard a part of the processing goes at it: the more, the less is left of the voice too.
package enum ProcessingStrength: Int32, Sendable, Hashable, CaseIterable {
    case soft = 1
    case medium
    case aggressive
}
