import FoundationEssentials
import Glibc

/// A zego-roomd that can be killed and started again on the same port.
final class RoomDaemon {
    private let directory: TemporaryDirectory
    private var process: ChildProcess?
    private var port = 0

    init() throws {
        directory = try TemporaryDirectory()
        try start()
    }

    deinit { process?.stop() }

    var adminSocket: String { directory.file("run/admin.sock") }

    /// Starts it, on the port of before if there was one.
    func start() throws {
        try Files.write("[server]\nport = \(port)\n", to: directory.file("zego-roomd.toml"))
        let started = try ChildProcess(
            [
                Programs.zegoRoomd, "--config", directory.file("zego-roomd.toml"), "--runtime-dir",
                directory.file("run"), "--state-dir", directory.file("state"),
            ], output: directory.file("log"))
        process = started
        let page = try waitUntil(upTo: 20, for: "zego-roomd to answer", instead: { started.output }) { () -> String? in
            guard started.isRunning else { throw WaitedInVain(description: "zego-roomd ended: \(started.output)") }
            return try? link(room: "room1", user: "nobody")
        }
        port = page.prefix { $0 != "#" }.split(separator: ":").last.flatMap { Int($0.prefix { $0 != "/" }) } ?? 0
    }

    /// Ends it without a word to anybody.
    func kill() {
        process?.send(SIGKILL)
        _ = try? process?.wait(upTo: 5)
        process = nil
    }

    /// A link with which a user joins from a browser.
    func link(room: String, user: String) throws -> String {
        try Command.demand(
            [Programs.zegoctl, "--socket", adminSocket, "token", "--room", room, "--user", user, "--link"]
        ).trimmed
    }

    /// What an engine needs to join its rooms.
    func asServer() throws -> (url: String, application: Daemon.Application) {
        let text = try Command.demand([Programs.zegoctl, "--socket", adminSocket, "--json", "app", "show"])
        let app = try JSON(line: text)
        guard let id = app["appID"].integer, let sign = app["appSign"].string else {
            throw WaitedInVain(description: "zegoctl app show: \(text)")
        }
        return ("ws://127.0.0.1:\(port)", Daemon.Application(id: id, sign: sign))
    }
}
