#if canImport(Glibc)
    import Glibc
#endif

/// A file below the files directory, found and opened safely; closed when the last reference goes.
package final class OpenedFile: Sendable {
    /// As the caller named it, with the number that it may have got.
    package let name: String
    /// A path that leads to this very file, whatever happens to the directories of its name meanwhile; good while this
    /// object lives. Its last component is no symbolic link.
    package let path: String
    private let descriptors: [Int32]

    /// A file that is open for reading.
    init(name: String, descriptor: Int32) {
        self.name = name
        path = "/proc/self/fd/\(descriptor)"
        descriptors = [descriptor]
    }

    /// A file that was made in an open directory, and is written by its path: who writes it opens it without following
    /// links.
    init(name: String, descriptor: Int32, directory: Int32, file: String) {
        self.name = name
        path = "/proc/self/fd/\(directory)/\(file)"
        descriptors = [descriptor, directory]
    }

    deinit {
        for descriptor in descriptors { close(descriptor) }
    }
}
