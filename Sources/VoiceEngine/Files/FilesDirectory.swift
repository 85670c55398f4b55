#if canImport(Glibc)
    import Glibc
#endif
import RoomModel

/// `[files] directory`: the only place where callers may name files. Paths are walked component by component with
/// descriptors and no symbolic link is followed, so that nobody who may write there can lead the daemon elsewhere.
package struct FilesDirectory: Sendable {
    package let path: String

    package init(path: String) {
        var path = path
        while path.count > 1, path.last == "/" { path.removeLast() }
        self.path = path
    }

    /// Opens a file for reading. Throws 1000017 with a detail that names the directory.
    package func openForReading(_ name: String) throws(ZegoError) -> OpenedFile {
        try open(name, flags: O_RDONLY)
    }

    /// Makes a file for writing. The name of what was made is ``OpenedFile/name``. Throws 1000017.
    package func createForWriting(
        _ name: String, existing: ExistingFile = .refuse
    ) throws(ZegoError) -> OpenedFile {
        try open(name, flags: O_WRONLY | O_CREAT | O_EXCL, existing: existing)
    }

    private func open(_ name: String, flags: Int32, existing: ExistingFile = .refuse) throws(ZegoError) -> OpenedFile {
        let components = try components(of: name)
        guard let file = components.last else { throw refused(name, "it names no file") }
        var directory = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw refused(name, "the directory cannot be opened: \(Self.text(errno))") }
        defer { close(directory) }
        for component in components.dropLast() {
            let next = openat(directory, component, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard next >= 0 else { throw refused(name, Self.text(errno)) }
            close(directory)
            directory = next
        }
        if existing == .replace { try remove(file, in: directory, name) }
        var number = 1
        var descriptor: Int32
        repeat {
            // O_NONBLOCK: a FIFO that somebody put there must not stop the engine.
            let flags = flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
            descriptor = openat(directory, NumberedName.make(file, number), flags, 0o660)
            number += 1
        } while descriptor < 0 && errno == EEXIST && existing == .number && number <= NumberedName.last
        guard descriptor >= 0 else { throw refused(name, Self.text(errno)) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw refused(name, "it is not a regular file")
        }
        guard flags & O_CREAT != 0 else { return OpenedFile(name: name, descriptor: descriptor) }
        return OpenedFile(
            name: NumberedName.make(name, number - 1), descriptor: descriptor,
            directory: fcntl(directory, F_DUPFD_CLOEXEC, 0), file: NumberedName.make(file, number - 1))
    }

    /// Takes away a regular file; what is none stays, and is then in the way of the new one.
    private func remove(_ file: String, in directory: Int32, _ name: String) throws(ZegoError) {
        var status = stat()
        guard fstatat(directory, file, &status, AT_SYMLINK_NOFOLLOW) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return
        }
        guard unlinkat(directory, file, 0) == 0 else { throw refused(name, Self.text(errno)) }
    }

    /// The components below the directory; an absolute path counts when it lies there.
    private func components(of name: String) throws(ZegoError) -> [String] {
        var rest = name[...]
        if rest.hasPrefix("/") {
            guard rest.hasPrefix(path + "/") else { throw refused(name, "it lies elsewhere") }
            rest = rest.dropFirst(path.count + 1)
        }
        guard !rest.utf8.contains(0), rest.utf8.count <= 1024 else { throw refused(name, "it is no path") }
        let components = rest.split(separator: "/").filter { $0 != "." }
        guard !components.contains("..") else { throw refused(name, "\"..\" is not allowed") }
        return components.map(String.init)
    }

    private func refused(_ name: String, _ why: String) -> ZegoError {
        ZegoError(.illegalParameter, detail: "\"\(name)\" cannot be used below the files directory \(path): \(why)")
    }

    private static func text(_ code: Int32) -> String {
        switch code {
        case ENOENT: "no such file or directory"
        case EEXIST: "it exists already, and nothing is overwritten"
        case ELOOP: "symbolic links are not followed"
        case ENOTDIR: "a part of it is a symbolic link or not a directory"
        case EACCES, EPERM: "permission denied"
        default: String(cString: strerror(code))
        }
    }
}
