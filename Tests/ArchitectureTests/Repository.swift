import FoundationEssentials

/// The repository on disk, found from the place of this file.
enum Repository {
    static let root: String = {
        var path = #filePath.split(separator: "/")
        path.removeLast(3)
        return "/" + path.joined(separator: "/")
    }()

    static func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
    }

    /// The modules that have a folder under `Sources`.
    static func moduleFolders() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(root)/Sources").filter { name in
            var isDirectory = false
            return FileManager.default.fileExists(atPath: "\(root)/Sources/\(name)", isDirectory: &isDirectory)
                && isDirectory
        }.sorted()
    }

    /// Every file below `folder` whose name ends in one of `suffixes`, as paths from the root.
    static func files(below folder: String, suffixes: [String]) throws -> [String] {
        // A development package may reach this folder through a symbolic link, which enumerate() would not follow.
        let base = try FileManager.default.destinationOfSymbolicLink("\(root)/\(folder)")
        return FileManager.default.subpathsUnder(base).filter { path in
            suffixes.contains { path.hasSuffix($0) }
        }.map { "\(folder)/\($0)" }.sorted()
    }
}

extension FileManager {
    fileprivate func destinationOfSymbolicLink(_ path: String) throws -> String {
        (try? destinationOfSymbolicLink(atPath: path)) ?? path
    }

    fileprivate func subpathsUnder(_ path: String) -> [String] {
        (try? subpathsOfDirectory(atPath: path)) ?? []
    }
}
