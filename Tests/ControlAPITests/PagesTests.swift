import ControlAPI
import Glibc
import JSONRPC
import Logging
import Testing

/// The pages that people read: they tell of everything that there is, and their links lead somewhere.
@Suite("The pages")
struct PagesTests {
    private static let logger = Logger(label: "t") { _ in SwiftLogNoOpLogHandler() }
    private static let api = "Sources/ControlAPI/ControlAPI.docc"
    private static let server = "Sources/RoomServer/RoomServer.docc"
    private static let pages =
        ["README.md"]
        + ["ControlAPI", "CallsAndEvents", "SoundAndFiles", "Configuration", "Security", "LowDelay", "OtherServers"].map
    { "\(api)/\($0).md" }
        + ["RoomServer", "OpeningTheServer", "WHIPAndWHEP", "Console", "RoomProtocol"].map { "\(server)/\($0).md" }

    @Test("The page of the control API names every method, and every event with its fields")
    func callsAndEvents() throws {
        let text = try RepositoryFile.text("\(Self.api)/CallsAndEvents.md")
        for method in Catalogue.control(version: "1", logger: Self.logger).methods {
            for name in [method.name] + method.aliases { #expect(text.contains("`\(name)`"), "\(name)") }
        }
        for event in EventDescription.all {
            let row = text.split(separator: "\n").first { line in
                line.split(separator: "|").first?.contains("`\(event.name)`") ?? false
            }
            let line = try #require(row, "\(event.name)")
            for field in event.fields { #expect(line.contains("`\(field)`"), "\(event.name): \(field)") }
        }
    }

    @Test("The page of the console names every method of the admin socket")
    func console() throws {
        let text = try RepositoryFile.text("\(Self.server)/Console.md")
        for method in Catalogue.admin(version: "1", logger: Self.logger).methods where method.name != "hello" {
            #expect(text.contains("`\(method.name)`") || method.name.hasPrefix("rpc."), "\(method.name)")
        }
    }

    @Test("The page of the configuration names every key of the installed one")
    func configuration() throws {
        let text = try RepositoryFile.text("\(Self.api)/Configuration.md")
        for line in try RepositoryFile.text("contrib/zegod.toml").split(separator: "\n") {
            guard let key = line.firstMatch(of: #/^#([a-z_]+) = /#)?.1 else { continue }
            #expect(text.contains("`\(key)`") || text.contains("\n\(key) = "), "\(key)")
        }
    }

    @Test("Every link to a file leads to one", arguments: pages)
    func links(page: String) throws {
        let folder = page.split(separator: "/").dropLast().joined(separator: "/")
        for match in try RepositoryFile.text(page).matches(of: /\]\(([^)]+)\)/) where !match.1.contains("://") {
            let path = match.1.prefix { $0 != "#" }
            #expect(throws: Never.self, "\(page) links to \(path)") {
                try RepositoryFile.text(folder.isEmpty ? String(path) : "\(folder)/\(path)")
            }
        }
    }
}
