import ControlAPI
import Testing

/// The commented configurations that are installed, and are zegod.toml(5).
@Suite("The configuration as it is installed")
struct ConfigurationFilesTests {
    /// The text with what is commented out taken in.
    private func complete(_ path: String) throws -> String {
        try RepositoryFile.text(path).split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.firstMatch(of: /^#(\[|[a-z_]+ = )/) == nil ? String(line) : String(line.dropFirst())
        }.filter { !$0.hasPrefix("app_sign_file") }.joined(separator: "\n")
    }

    @Test("is right as it stands, and with everything in it taken in")
    func isRight() throws {
        for text in [try RepositoryFile.text("contrib/zegod.toml"), try complete("contrib/zegod.toml")] {
            _ = try DaemonConfiguration(file: ConfigurationFile(path: "zegod.toml", text: text), stateDirectory: "/s")
        }
        for text in [try RepositoryFile.text("contrib/zego-roomd.toml"), try complete("contrib/zego-roomd.toml")] {
            _ = try RoomDaemonConfiguration(file: ConfigurationFile(path: "zego-roomd.toml", text: text))
        }
    }

    @Test("says the defaults that there are")
    func defaults() throws {
        let text = try complete("contrib/zegod.toml")
        // Examples where there is no default.
        let plain = text.split(separator: "\n").filter { line in
            !["app_id", "app_sign", "server_secret", "room =", "user =", "publish =", "play =", "[["].contains {
                line.hasPrefix($0)
            }
        }.joined(separator: "\n")
        let said = try DaemonConfiguration(
            file: ConfigurationFile(path: "x", text: plain), stateDirectory: "/var/lib/zegod")
        let unsaid = try DaemonConfiguration(file: .empty("x"), stateDirectory: "/var/lib/zegod")
        #expect(said.engine == unsaid.engine)
        #expect(said.audio == unsaid.audio)
        #expect(said.server == unsaid.server)
        #expect(said.filesDirectory == unsaid.filesDirectory)
        #expect(said.logLevel == unsaid.logLevel)
    }

    @Test(
        "knows every key of every section",
        arguments: [
            "[engine]", "[audio]", "[server]", "[files]", "[log]", "[[join]]\nroom = \"r\"\nuser = \"u\"", "",
        ])
    func keys(section: String) throws {
        let error = #expect(throws: ConfigurationError.self) {
            try DaemonConfiguration(
                file: ConfigurationFile(path: "x", text: "\(section)\nno_such_key = 1\n"), stateDirectory: "/s")
        }
        // The refusal of an unknown key lists those that there are.
        let words = try #require(error?.description.split(separator: ":").last)
        let keys = words.split(whereSeparator: { $0 == " " || $0 == "," }).filter { $0 != "one" && $0 != "of" }
        #expect(keys.count > 0)
        let text = try complete("contrib/zegod.toml")
        for key in keys where key != "no_such_key" {
            let isThere = ["\n\(key) = ", "\n[\(key)]", "\n[[\(key)]]", "\n[[server.\(key)]]"].contains {
                text.contains($0)
            }
            #expect(isThere || key == "app_sign_file", "contrib/zegod.toml does not tell of \(key)")
        }
    }
}
