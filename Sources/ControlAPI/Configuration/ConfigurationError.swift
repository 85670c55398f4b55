import JSONRPC

/// Why a configuration is refused: file, line where it is known, key, what was expected.
package struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }

    /// A value that is not as it should be.
    init(file: String, line: Int?, _ error: JSONShapeError) {
        let place = line.map { "\(file):\($0)" } ?? file
        let key = error.path.isEmpty ? "the file" : error.path
        if error.got == "unknown key" {
            description = "\(place): \(key) is not a key of this version; there: \(error.expected)"
        } else {
            description = "\(place): \(key): expected \(error.expected), got \(error.got)"
        }
    }
}
