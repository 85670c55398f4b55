/// The modules named by the `import` lines of a Swift file.
struct ImportLines {
    let modules: [String]

    init(text: String) {
        // Most lines cannot be one by their first letter, and a pattern is costly.
        let starts = Set("@ipf".utf8)
        let lines = text.utf8.split(separator: UInt8(ascii: "\n")).filter { line in
            line.first { $0 != UInt8(ascii: " ") }.map(starts.contains) ?? false
        }
        modules = lines.map { Substring($0) }.filter { $0.contains("import ") }.compactMap { line in
            let pattern =
                /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:package|internal|public|private|fileprivate)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|let|var|typealias)\s+)?(\w+)/
            return line.prefixMatch(of: pattern).map { String($0.1) }
        }
    }
}
