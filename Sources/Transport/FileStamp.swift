import Glibc

/// The state of a file, to see that it is another now. Symbolic links are followed.
package struct FileStamp: Hashable, Sendable {
    private let device: UInt64
    private let inode: UInt64
    private let size: Int64
    private let changedSeconds: Int64
    private let changedNanoseconds: Int64

    /// Nil when there is no such file, or it cannot be reached.
    package init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        // Unlike the time of modification it changes with the mode, too, and nobody can set it back.
        changedSeconds = Int64(status.st_ctim.tv_sec)
        changedNanoseconds = Int64(status.st_ctim.tv_nsec)
    }
}
