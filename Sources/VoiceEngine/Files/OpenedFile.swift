#if canImport(Glibc)
    import Glibc
#endif

/// A file below the files directory, found and opened safely; closed when the last reference goes.
package final class OpenedFile: Sendable {
    /// As the caller named it.
    package let name: String
    private let descriptor: Int32

    init(name: String, descriptor: Int32) {
        self.name = name
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// A path that leads to this very file, whatever happens to its name meanwhile; good while this object lives.
    package var path: String { "/proc/self/fd/\(descriptor)" }
}
