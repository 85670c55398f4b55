/// The table at the head of `Sources/README.md`.
struct ModuleTable {
    struct Row {
        var floor: Int
        var module: String
        var imports: Set<String>
    }

    let rows: [Row]

    var modules: [String] { rows.map(\.module) }

    subscript(module: String) -> Row? { rows.first { $0.module == module } }

    /// Reads the rows `| floor | module | … | imports | … |`; other tables and prose are passed over.
    init(markdown: String) {
        rows = markdown.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map(Self.trimmed)
            guard cells.count == 7, let floor = Int(cells[1]), let module = Self.code(in: cells[2]).first else {
                return nil
            }
            return Row(floor: floor, module: module, imports: Set(Self.code(in: cells[4])))
        }
    }

    private static func trimmed(_ cell: Substring) -> String {
        let spaces = cell.drop { $0 == " " }
        return String(spaces.reversed().drop { $0 == " " }.reversed())
    }

    /// What stands between backquotes.
    private static func code(in cell: String) -> [String] {
        cell.matches(of: /`([^`]+)`/).map { String($0.1) }
    }
}
