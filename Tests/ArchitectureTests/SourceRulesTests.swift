import Glibc
import Testing

/// Rules that hold for every file of ours.
@Suite("Every source file")
struct SourceRulesTests {
    static let suffixes = [".swift", ".c", ".h"]

    @Test("is at most 500 lines long")
    func isShort() throws {
        let paths = try Repository.files(below: "Sources", suffixes: Self.suffixes)
        #expect(paths.count > 20, "the walk over Sources finds the files")
        for path in paths {
            let lines = try Repository.text(path).split(separator: "\n", omittingEmptySubsequences: false).count - 1
            #expect(lines <= 500, "\(path) has \(lines) lines")
        }
    }

    @Test("does without Foundation", arguments: ["Sources", "Tests"])
    func avoidsFoundation(folder: String) throws {
        for path in try Repository.files(below: folder, suffixes: [".swift"]) {
            let heavy = Set(["Foundation", "FoundationNetworking", "FoundationXML", "FoundationInternationalization"])
            let found = heavy.intersection(ImportLines(text: try Repository.text(path)).modules)
            #expect(found.isEmpty, "\(path) imports \(found.sorted())")
        }
    }

    @Test("has nothing left to do", arguments: ["Sources", "Tests"])
    func isFinished(folder: String) throws {
        // Spelled in two halves, so that this file passes its own test.
        let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X:"]
        for path in try Repository.files(below: folder, suffixes: Self.suffixes) {
            let text = try Repository.text(path)
            for mark in marks { #expect(!Self.occurs(mark, in: text), "\(path) says \(mark)") }
        }
    }

    @Test("is tested through its `package` face only")
    func isTestedFromOutside() throws {
        for path in try Repository.files(below: "Tests", suffixes: [".swift"]) {
            let text = try Repository.text(path)
            #expect(!Self.occurs("@testable" + " import", in: text), "\(path) reaches inside a module")
        }
    }

    @Test("takes error numbers from the one table of RoomModel")
    func takesErrorsFromTheTable() throws {
        let number = /\b(1_0(0[0-9]|1[0-9])_[0-9]{3}|10[01][0-9]{4})\b/
        for path in try Repository.files(below: "Sources", suffixes: [".swift"])
        where !path.contains("RoomModel/Errors/") {
            for line in try Repository.text(path).split(separator: "\n") {
                let code = line.prefix { $0 != "\"" }
                guard !code.contains("//"), let found = code.firstMatch(of: number) else { continue }
                // A million is a million.
                #expect(found.1 == "1_000_000", "\(path) writes \(found.1)")
            }
        }
    }

    /// As `contains`, many times faster: these tests read every file of the repository.
    private static func occurs(_ needle: String, in text: String) -> Bool {
        text.withCString { strstr($0, needle) != nil }
    }
}
