import Glibc
import Synchronization

/// A regular file that is written; what goes wrong comes as an ``AudioError`` that names it.
final class OutputFile: Sendable {
    let path: String
    private let descriptor: Int32
    private let isSynchronising = Atomic<Bool>(false)
    private let isInItsFolder = Atomic<Bool>(false)
    /// The errno with which the disk refused what it had taken before; 0: none.
    private let refusal = Atomic<Int32>(0)

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
        let code = refusal.load(ordering: .relaxed)
        guard code == 0 else { throw OutputFile.error(path, code) }
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

    // MARK: On the disk

    /// True when nobody is at it; then ``synchronise()`` has to follow.
    func beginsSynchronising() -> Bool { !isSynchronising.exchange(true, ordering: .acquiring) }

    /// Brings what was written to the disk, the first time the name of the file too. May take long.
    func synchronise() {
        defer { isSynchronising.store(false, ordering: .releasing) }
        if fdatasync(descriptor) != 0, [EIO, ENOSPC, EDQUOT].contains(errno) {
            refusal.store(errno, ordering: .relaxed)
        }
        guard !isInItsFolder.exchange(true, ordering: .relaxed), let end = path.lastIndex(of: "/") else { return }
        let folder = open(String(path[..<end]), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    private static func error(_ path: String, _ code: Int32) -> AudioError {
        code == ENOSPC || code == EDQUOT
            ? .diskFull(path: path) : .unwritableFile(path: path, detail: String(cString: strerror(code)))
    }
}
