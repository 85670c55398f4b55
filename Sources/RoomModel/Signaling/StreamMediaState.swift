/// Whether the media of a stream flows.
package enum StreamMediaState: String, CaseIterable, Hashable, Sendable {
    case live
    case gone
}
