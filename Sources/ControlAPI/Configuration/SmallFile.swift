import Glibc

/// Reading of small files as a whole.
enum SmallFile {
    /// The largest file that is read.
    private static let maximumBytes = 1 << 20

    /// The bytes and the mode of a file; nil when there is none.
    static func read(_ path: String) throws(ConfigurationError) -> (bytes: [UInt8], mode: mode_t)? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw ConfigurationError("\(path): cannot be read: \(systemMessage(errno))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw ConfigurationError("\(path): is not a regular file")
        }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return (content, status.st_mode) }
            if count < 0 {
                if errno == EINTR { continue }
                throw ConfigurationError("\(path): cannot be read: \(systemMessage(errno))")
            }
            content += buffer[..<count]
            guard content.count <= maximumBytes else {
                throw ConfigurationError("\(path): is larger than \(maximumBytes) bytes")
            }
        }
    }
}
