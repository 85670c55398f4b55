/// Whether something came or went.
package enum UpdateType: String, CaseIterable, Hashable, Sendable {
    case add
    case delete
}
