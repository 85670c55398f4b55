import Glibc

/// Files of the repository, found from the place of this one.
enum RepositoryFile {
    static func text(_ path: String) throws -> String {
        var root = #filePath.split(separator: "/")
        root.removeLast(4)
        let file = "/\(root.joined(separator: "/"))/\(path)"
        guard let stream = fopen(file, "r") else { throw TestFailure("\(file): \(errno)") }
        defer { fclose(stream) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&buffer, 1, buffer.count, stream)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }
}
