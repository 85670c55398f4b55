/// Which way a device carries sound.
package enum AudioDirection: String, Sendable, Hashable, CaseIterable {
    case input
    case output
}
