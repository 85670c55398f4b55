import Glibc

/// Why a file with secrets cannot be used; for people.
package struct SecretFileError: Error {
    package let reason: String
}

/// Small files that only their owner may read: read with a check of the mode, replaced as a whole or not at all.
package enum SecretFile {
    /// The largest file that is read, in bytes.
    static let maximumBytes = 4 << 20

    /// The content; nil when there is no such file. Throws when others may read it, it is no regular file, or too large.
    package static func read(_ path: String) throws(SecretFileError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw SecretFileError(reason: "cannot be opened: \(reason(errno))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw SecretFileError(reason: "cannot be examined: \(reason(errno))")
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw SecretFileError(reason: "is not a regular file") }
        guard status.st_mode & 0o077 == 0 else {
            throw SecretFileError(reason: "can be read or written by others and holds secrets; run: chmod 600 \(path)")
        }
        guard status.st_size <= maximumBytes else {
            throw SecretFileError(reason: "is larger than \(maximumBytes) bytes")
        }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while content.count <= maximumBytes {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return content }
            if count < 0 {
                if errno == EINTR { continue }
                throw SecretFileError(reason: "cannot be read: \(reason(errno))")
            }
            content.append(contentsOf: buffer[..<count])
        }
        throw SecretFileError(reason: "is larger than \(maximumBytes) bytes")
    }

    /// Puts `content` in the place of the file: written beside it with mode 0600, flushed to the disk, then renamed.
    ///
    /// - Parameter mode: another mode, for a file that is no secret.
    package static func replace(
        _ path: String, with content: [UInt8], mode: mode_t = 0o600
    ) throws(SecretFileError) {
        let temporary = "\(path).new-\(getpid())"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SecretFileError(reason: "cannot be written: \(reason(errno))") }
        var written = 0
        while written < content.count {
            let count = content[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                let failure = errno
                close(descriptor)
                unlink(temporary)
                throw SecretFileError(reason: "cannot be written: \(reason(failure))")
            }
            written += count
        }
        // The mask of the process may have taken away what others are to read.
        let flushed = (mode == 0o600 || fchmod(descriptor, mode) == 0) && fsync(descriptor) == 0
        let failure = errno
        close(descriptor)
        guard flushed, rename(temporary, path) == 0 else {
            let failure = flushed ? errno : failure
            unlink(temporary)
            throw SecretFileError(reason: "cannot be put in place: \(reason(failure))")
        }
        flushDirectory(of: path)
    }

    /// Renames the file to `<path>.damaged-<seconds since 1970>[-n]`, a name that no file has, and returns that name.
    package static func setAside(_ path: String) throws(SecretFileError) -> String {
        let stamp = "\(path).damaged-\(time(nil))"
        for attempt in 0..<100 {
            let target = attempt == 0 ? stamp : "\(stamp)-\(attempt)"
            // link() refuses a target that exists, which rename() would replace.
            if link(path, target) == 0 {
                guard unlink(path) == 0 else {
                    throw SecretFileError(reason: "is damaged and cannot be set aside: \(reason(errno))")
                }
                flushDirectory(of: path)
                return target
            }
            guard errno == EEXIST else {
                throw SecretFileError(reason: "is damaged and cannot be set aside: \(reason(errno))")
            }
        }
        throw SecretFileError(reason: "is damaged and cannot be set aside: too many damaged files beside it")
    }

    /// Makes the directory (mode 0700 unless another is given) and those above it that do not exist.
    static func makeDirectory(_ path: String, mode: mode_t = 0o700) throws(SecretFileError) {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            made += "/" + part
            guard mkdir(made, mode) == 0 || errno == EEXIST else {
                throw SecretFileError(reason: "the directory \(made) cannot be made: \(reason(errno))")
            }
        }
    }

    /// A rename survives a loss of power only when the directory was flushed; where that fails, nothing is lost but that.
    private static func flushDirectory(of path: String) {
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let descriptor = open(directory.isEmpty ? "/" : directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func reason(_ number: Int32) -> String {
        strerror(number).map { String(cString: $0) } ?? "error \(number)"
    }
}
