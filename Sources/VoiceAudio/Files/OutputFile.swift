import Glibc

/// A regular file that is written; what goes wrong comes as an ``AudioError`` that names it.
final class OutputFile {
    let path: String
    private let descriptor: Int32

    /// Makes the file, over one that exists. The path was checked by who asked for it (it may be a `/proc/self/fd/…` that
    /// stands for a file opened with care, so links are followed).
    init(path: String) throws(AudioError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK, 0o640)
        guard descriptor >= 0 else { throw OutputFile.error(path, errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .unwritableFile(path: path, detail: "it is not a regular file")
        }
    }

    deinit {
        close(descriptor)
    }

    /// Writes all of it at `offset`.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(AudioError) {
        var written = 0
        while written < bytes.count, let start = bytes.baseAddress {
            let count = pwrite(descriptor, start + written, bytes.count - written, offset + written)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw OutputFile.error(path, errno) }
            written += count
        }
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(AudioError) {
        var failure: AudioError?
        bytes.withUnsafeBytes { raw in
            do throws(AudioError) { try write(raw, at: offset) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private static func error(_ path: String, _ code: Int32) -> AudioError {
        code == ENOSPC || code == EDQUOT
            ? .diskFull(path: path) : .unwritableFile(path: path, detail: String(cString: strerror(code)))
    }
}
