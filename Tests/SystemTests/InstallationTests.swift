import Testing

/// `contrib/install` and what it installs, as far as it can be judged without starting it.
@Suite("Installation")
struct InstallationTests {
    @Test(
        "contrib/install puts everything in its place, and systemd finds no fault with the units",
        .timeLimit(.minutes(3)))
    func installs() throws {
        let place = try TemporaryDirectory()
        try Self.install(["--prefix", place.file("usr")])
        let units = [
            "zegod.service", "zegod.socket", "zegod-events.socket", "zegod-admin.socket", "zego-roomd.service",
        ]
        let paths = units.map { place.file("usr/lib/systemd/system/\($0)") }
        let verify = try Command.run(["systemd-analyze", "verify", "--man=no"] + paths)
        let faults = (verify.output + verify.errors).split(separator: "\n").filter { $0.contains("zego") }
        #expect(verify.status == 0 && faults.isEmpty, "\(faults)")
        let version = try Command.demand([place.file("usr/bin/zegod"), "--version"], upTo: 10)
        #expect(version.contains("zegod") || version.contains("."))
        try Command.demand(["systemd-sysusers", "--dry-run", place.file("usr/lib/sysusers.d/zegod.conf")])
        for file in [
            "man/man1/zegoctl.1", "man/man5/zegod.toml.5", "man/man7/zegod-rpc.7", "man/man8/zegod.8",
            "man/man8/zego-roomd.8",
            "bash-completion/completions/zegoctl", "doc/zegod/examples/zegod.toml", "doc/zegod/examples/call.sh",
            "doc/zegod/README.md", "doc/zegod/pages/CallsAndEvents.md", "doc/zegod/pages/OpeningTheServer.md",
        ] { #expect(Files.exists(place.file("usr/share/\(file)")), "\(file)") }
        for page in ["man5/zegod.toml.5", "man8/zegod.8", "man8/zego-roomd.8"] {
            let faults = try Command.run(
                ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", place.file("usr/share/man/\(page)")])
            #expect(faults.status == 0 && faults.errors.isEmpty, "\(page): \(faults.errors)")
        }
        // Every option of the daemons is in their manual pages.
        for program in ["zegod", "zego-roomd"] {
            let page = try Files.text(place.file("usr/share/man/man8/\(program).8")).replacing("\\-", with: "-")
            let help = try Command.demand([place.file("usr/bin/\(program)"), "--help"])
            for option in help.matches(of: /--[a-z-]+/) {
                #expect(page.contains(option.output), "\(program) \(option.output)")
            }
        }
    }

    @Test("the programs run without the toolchain: every Swift library lies beside them", .timeLimit(.minutes(3)))
    func needsNoToolchain() throws {
        let place = try TemporaryDirectory()
        try Self.install(["--destdir", place.path, "--prefix", "/usr"])
        for program in ["zegod", "zegoctl", "zego-roomd"] {
            let needed = try Command.demand(["ldd", place.file("usr/lib/zegod/\(program)")])
            let swift = needed.split(separator: "\n").filter { $0.contains("/swift/") }.compactMap {
                $0.split(whereSeparator: \.isWhitespace).first
            }
            for library in swift {
                #expect(Files.exists(place.file("usr/lib/zegod/\(library)")), "\(program) needs \(library)")
            }
        }
    }

    @Test(
        "the services are confined: exposure of at most 2.0", .timeLimit(.minutes(1)),
        arguments: ["zegod.service", "zego-roomd.service"])
    func isConfined(unit: String) throws {
        let path = "\(Programs.repository)/systemd/\(unit)"
        let analysis = try Command.run([
            "systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", path,
        ])
        #expect(analysis.status == 0, "\(analysis.output.suffix(200))")
    }

    static func install(_ arguments: [String]) throws {
        try Command.demand(
            ["\(Programs.repository)/contrib/install", "--no-build"] + arguments,
            environment: ["ZEGO_PROGRAMS": Programs.directory], upTo: 120)
    }
}
