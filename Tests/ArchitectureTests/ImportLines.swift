/// The modules named by the `import` lines of a Swift file.
struct ImportLines {
    let modules: [String]

    init(text: String) {
        modules = text.split(separator: "\n").compactMap { line in
            let pattern =
                /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:package|internal|public|private|fileprivate)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|let|var|typealias)\s+)?(\w+)/
            return line.prefixMatch(of: pattern).map { String($0.1) }
        }
    }
}
