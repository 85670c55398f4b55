/// Why the applications cannot be read or kept.
package struct AppStoreError: Error, Equatable, Sendable, CustomStringConvertible {
    package let path: String
    /// For people: what is wrong and what to do.
    package let reason: String

    package var description: String { "the file of the applications, \(path): \(reason)" }
}
