import ArgumentParser
import Glibc
import JSONRPC

/// What `--whip`, `--whep` and `--token-file` say.
enum EndpointArguments {
    /// The longest token that is read.
    private static let maximumToken = 8192

    /// Throws when the options do not go together.
    static func check(url: String?, option: String, tokenFile: String?, room: String?) throws {
        if url == nil, tokenFile != nil { throw ValidationError("--token-file needs \(option)") }
        if url != nil, room != nil { throw ValidationError("--room or \(option), not both") }
    }

    /// The parameter `whip` or `whep`; reads the token.
    static func json(url: String, tokenFile: String?) throws(CommandFailure) -> JSONValue {
        guard let tokenFile else { return ["url": .string(url)] }
        return ["url": .string(url), "bearerToken": .string(try token(tokenFile))]
    }

    /// The first line of the file.
    private static func token(_ path: String) throws(CommandFailure) -> String {
        let descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandFailure(status: .usage, "\(path): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while content.count <= maximumToken, !content.contains(UInt8(ascii: "\n")) {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw CommandFailure(status: .usage, "\(path): \(String(cString: strerror(errno)))")
            }
            guard count > 0 else { break }
            content += buffer[..<count]
        }
        let line = content.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        guard !line.isEmpty, line.count <= maximumToken else {
            throw CommandFailure(status: .usage, "\(path): no token of at most \(maximumToken) bytes in its first line")
        }
        return String(decoding: line, as: UTF8.self)
    }
}
