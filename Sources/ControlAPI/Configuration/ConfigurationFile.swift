import Glibc
import JSONRPC
import TOMLKit

/// A TOML file as JSON values, with its path and text for the errors.
package struct ConfigurationFile: Sendable {
    package let path: String
    package let json: JSONObject
    private let text: String
    private let mode: mode_t

    /// A configuration without a file: every key has its default.
    package static func empty(_ path: String) -> ConfigurationFile {
        ConfigurationFile(path: path, json: [:], text: "", mode: 0o600)
    }

    private init(path: String, json: JSONObject, text: String, mode: mode_t) {
        self.path = path
        self.json = json
        self.text = text
        self.mode = mode
    }

    /// Parses a text as if it were the content of the file.
    package init(path: String, text: String, mode: mode_t = 0o600) throws(ConfigurationError) {
        try Self.checkHeaders(path, text)
        let table: TOMLTable
        do {
            table = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw ConfigurationError("\(path):\(error.source.begin.line): not TOML: \(error.description)")
        } catch {
            throw ConfigurationError("\(path): not TOML")
        }
        // The parser's own way to plain values; a date or an infinite number comes as a string and is refused by type.
        guard case .object(let json)? = try? JSONValue(parsing: table.convert(to: .json)) else {
            throw ConfigurationError("\(path): has values that no key of the configuration takes")
        }
        self.init(path: path, json: json, text: text, mode: mode)
    }

    /// Refuses what the parser ends the process for: a `[` or `[[` at the head of a line with something behind it that begins
    /// no key (toml++ has an assertion there). Arrays of arrays, which may begin so too, no key of the configuration takes.
    private static func checkHeaders(_ path: String, _ text: String) throws(ConfigurationError) {
        let blanks: [UInt8] = [UInt8(ascii: " "), UInt8(ascii: "\t")]
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            // The parser takes blanks beyond ASCII for blanks too.
            var rest = line.drop { blanks.contains($0) || $0 >= 0x80 }
            guard rest.first == UInt8(ascii: "[") else { continue }
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "[") { rest = rest.dropFirst() }
            let first = rest.first { !blanks.contains($0) } ?? 0
            let isKey = UnicodeScalar(first).properties.isAlphabetic && first < 0x80 || (0x30...0x39).contains(first)
            guard isKey || "_-\"']".utf8.contains(first) else {
                throw ConfigurationError("\(path):\(index + 1): not TOML: a section's name cannot begin like this")
            }
        }
    }

    /// Reads a file.
    ///
    /// - Parameter isRequired: whether a file that is not there is an error, or the same as an empty one.
    package static func read(_ path: String, isRequired: Bool) throws(ConfigurationError) -> ConfigurationFile {
        guard let content = try SmallFile.read(path) else {
            guard isRequired else { return .empty(path) }
            throw ConfigurationError("\(path): there is no such file")
        }
        guard let text = String(validating: content.bytes, as: UTF8.self) else {
            throw ConfigurationError("\(path): is not UTF-8")
        }
        return try ConfigurationFile(path: path, text: text, mode: content.mode)
    }

    /// Refuses a file with secrets in it that users outside its owner and group can read.
    func requirePrivacy(because key: String) throws(ConfigurationError) {
        guard mode & 0o007 != 0 else { return }
        throw ConfigurationError("\(path): holds a secret (\(key)) and can be read by others; run: chmod o= \(path)")
    }

    /// The error of a value, with its line.
    func error(_ error: JSONShapeError) -> ConfigurationError {
        ConfigurationError(file: path, line: line(of: error.path), error)
    }

    /// The error of a key, with its line.
    func error(_ key: String, expected: String, got: String) -> ConfigurationError {
        error(JSONShapeError(path: key, expected: expected, got: got))
    }

    /// The line of a key (`server.app[0].app_id`), or of its table where the key is missing; nil when neither is there.
    private func line(of key: String) -> Int? {
        let table = key.split(separator: ".").dropLast().joined(separator: ".")
        var current = ""
        var counts: [String: Int] = [:]
        var tableLine: Int?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.drop { $0 == " " || $0 == "\t" }
            if line.hasPrefix("[[") {
                let name = line.dropFirst(2).prefix { $0 != "]" }.filter { $0 != " " }
                current = "\(name)[\(counts[name, default: 0])]"
                counts[name, default: 0] += 1
            } else if line.hasPrefix("[") {
                current = line.dropFirst().prefix { $0 != "]" }.filter { $0 != " " }
            } else if let equals = line.firstIndex(of: "=") {
                let name = line[..<equals].filter { $0 != " " && $0 != "\t" && $0 != "\"" }
                let path = current.isEmpty ? name : "\(current).\(name)"
                if key == path || key.hasPrefix(path + "[") || key.hasPrefix(path + ".") { return index + 1 }
                continue
            } else {
                continue
            }
            if current == key { return index + 1 }
            if current == table, !table.isEmpty { tableLine = index + 1 }
        }
        return tableLine
    }
}
