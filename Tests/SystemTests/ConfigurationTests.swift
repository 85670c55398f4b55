import Testing

/// What an operator writes wrongly stops the start with file, key and what was expected.
@Suite("Bad configurations")
struct ConfigurationTests {
    @Test(
        "are named by --check-config and by the start alike", .timeLimit(.minutes(2)),
        arguments: [
            ("[audio]\nperiod_ms = \"ten\"\n", "period_ms"), ("[audio]\nperiods = 10\n", "periods"),
            ("[sever]\n", "sever"),
            ("[server]\nport = 70000\n", "port"), ("[server]\nlisten = \"0.0.0.0\"\n", "insecure"),
            ("[engine]\nserver = \"http://x\"\n", "server"),
            ("[audio\n", "zegod.toml"),
        ])
    func areNamed(text: String, key: String) throws {
        let place = try TemporaryDirectory()
        try Files.write(text, to: place.file("zegod.toml"))
        let check = try Command.run([Programs.zegod, "--config", place.file("zegod.toml"), "--check-config"], upTo: 10)
        #expect(check.status != 0)
        #expect(check.errors.contains(key), "\(check.errors)")
        #expect(check.errors.contains("zegod.toml"), "\(check.errors)")
        let start = try Daemon.start(in: place)
        #expect(try start.wait(upTo: 10) != 0)
        #expect(start.output.contains(key))
    }

    @Test("a file with secrets that others can read is refused", .timeLimit(.minutes(2)))
    func openSecrets() throws {
        let place = try TemporaryDirectory()
        let sign = String(repeating: "ab", count: 32)
        try Files.write("[engine]\napp_id = 5\napp_sign = \"\(sign)\"\n", to: place.file("zegod.toml"))
        try Command.demand(["chmod", "644", place.file("zegod.toml")])
        let check = try Command.run([Programs.zegod, "--config", place.file("zegod.toml"), "--check-config"], upTo: 10)
        #expect(check.status != 0)
        #expect(!check.errors.contains(sign) && !check.output.contains(sign), "a secret is never printed")
        try Command.demand(["chmod", "600", place.file("zegod.toml")])
        try Command.demand([Programs.zegod, "--config", place.file("zegod.toml"), "--check-config"], upTo: 10)
    }

    @Test("a port that is taken stops the start and names the key", .timeLimit(.minutes(2)))
    func portTaken() throws {
        let first = try Daemon()
        let place = try TemporaryDirectory()
        try Files.write(
            "[server]\nport = \(try first.serverPort())\n[audio]\ninput = \"null\"\noutput = \"null\"\n",
            to: place.file("zegod.toml"))
        let second = try Daemon.start(in: place)
        #expect(try second.wait(upTo: 10) != 0)
        #expect(second.output.contains("port"), "\(second.output)")
    }
}
