import Testing

/// Holds the table of `Sources/README.md` against `Package.swift` and against every `import` line.
@Suite("The module table")
struct ModuleTableTests {
    let table: ModuleTable
    let manifest: PackageManifest

    /// Part of the toolchain: named in a row where it has a price, but no dependency of the package.
    static let toolchain: Set<String> = ["FoundationEssentials", "Dispatch"]
    static let freeToAll: Set<String> = ["Glibc", "Synchronization"]

    init() throws {
        table = ModuleTable(markdown: try Repository.text("Sources/README.md"))
        manifest = PackageManifest(text: try Repository.text("Package.swift"))
    }

    @Test("names every module of the package, and no other, once")
    func namesEveryModule() throws {
        #expect(Set(table.modules).count == table.modules.count)
        #expect(Set(table.modules) == Set(manifest.dependencies.keys))
        #expect(Set(table.modules) == Set(try Repository.moduleFolders()))
    }

    @Test("says of each module what Package.swift says")
    func agreesWithTheManifest() {
        for row in table.rows {
            #expect(
                row.imports.subtracting(Self.toolchain) == manifest.dependencies[row.module],
                "Sources/README.md and Package.swift differ about \(row.module)")
        }
    }

    @Test("has arrows that only go down")
    func arrowsOnlyGoDown() {
        for (index, row) in table.rows.enumerated() {
            let above = Set(table.rows[..<index].map(\.module))
            let ours = row.imports.intersection(table.modules)
            #expect(
                ours.isSubset(of: above),
                "\(row.module) imports \(ours.subtracting(above).sorted()), which do not stand above it")
            for name in ours {
                #expect((table[name]?.floor ?? .max) <= row.floor, "\(row.module) imports \(name) of a higher floor")
            }
        }
    }

    @Test("floors come in order")
    func floorsComeInOrder() {
        let floors = table.rows.map(\.floor)
        #expect(floors == floors.sorted())
    }

    @Test("holds for every import line")
    func holdsForEveryImport() throws {
        for row in table.rows {
            let allowed = row.imports.union(Self.freeToAll)
            for path in try Repository.files(below: "Sources/\(row.module)", suffixes: [".swift"]) {
                for name in ImportLines(text: try Repository.text(path)).modules {
                    #expect(
                        allowed.contains(name), "\(path) imports \(name), which the table does not allow \(row.module)")
                }
            }
        }
    }

    @Test(
        "reads what it should",
        arguments: [
            ("import RTP", ["RTP"]), ("@preconcurrency import NIOCore", ["NIOCore"]),
            ("package import JSONRPC", ["JSONRPC"]),
            ("import struct RoomModel.User", ["RoomModel"]), ("// import Nothing", []), ("let important = 1", []),
            ("#if canImport(X)\n    import X\n#endif", ["X"]),
        ])
    func readsImports(text: String, modules: [String]) {
        #expect(ImportLines(text: text).modules == modules)
    }
}
