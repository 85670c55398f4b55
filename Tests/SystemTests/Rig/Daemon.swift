/// One zegod with directories of its own, started and answering.
final class Daemon {
    /// The application of a room server, as a second engine needs it.
    struct Application {
        let id: Int
        let sign: String
    }

    let process: ChildProcess
    let directory: TemporaryDirectory

    /// Starts it and waits until its control socket answers.
    /// - Parameters:
    ///   - server: `nil` for an embedded room server on a free port; else the URL of another daemon's and its application.
    ///   - input, output: the audio devices.
    ///   - serverKeys, engineKeys, audioKeys, more: further lines of the configuration: for `[server]`, for `[engine]` (of a
    ///     daemon with `server`), for `[audio]`, and for the end of the file.
    ///   - prefix: what zegod runs under, such as `ip netns exec NAME`.
    init(
        server: (url: String, application: Application)? = nil, input: String = "null", output: String = "null",
        serverKeys: String = "", engineKeys: String = "", audioKeys: String = "", more: String = "",
        realtimePriority: Int = 70,
        environment: [String: String] = [:], prefix: [String] = []
    ) throws {
        directory = try TemporaryDirectory()
        _ = try directory.makeDirectory("media")
        var configuration = ""
        if let server {
            configuration += """
                [engine]
                server = "\(server.url)"
                app_id = \(server.application.id)
                app_sign = "\(server.application.sign)"
                \(engineKeys)

                """
        } else {
            configuration += "[server]\nport = 0\n\(serverKeys)\n"
        }
        configuration += """
            [audio]
            input = "\(input)"
            output = "\(output)"
            realtime_priority = \(realtimePriority)
            \(audioKeys)
            [files]
            directory = "\(directory.path)/media"
            \(more)

            """
        try Files.write(configuration, to: directory.file("zegod.toml"))
        process = try Self.start(in: directory, environment: environment, prefix: prefix)
        try waitUntil(upTo: 20, for: "zegod to answer", instead: { self.log }) {
            guard process.isRunning else {
                throw WaitedInVain(description: "zegod ended with \(try process.wait(upTo: 1)): \(log)")
            }
            return try? control().call("hello", upTo: 2)
        }
    }

    deinit { process.stop() }

    /// Starts zegod on the directories of `directory` without waiting for it.
    static func start(
        in directory: TemporaryDirectory, environment: [String: String] = [:], prefix: [String] = []
    ) throws -> ChildProcess {
        try ChildProcess(
            prefix + [
                Programs.zegod, "--config", directory.file("zegod.toml"), "--runtime-dir", directory.file("run"),
                "--state-dir",
                directory.file("state"),
            ], output: directory.file("log"), environment: environment)
    }

    var log: String { process.output }
    var controlSocket: String { directory.file("run/control.sock") }
    var eventsSocket: String { directory.file("run/events.sock") }
    var adminSocket: String { directory.file("run/admin.sock") }

    func control() throws -> ControlClient { try ControlClient(path: controlSocket) }
    func events() throws -> EventReader { try EventReader(path: eventsSocket) }
    func status() throws -> JSON { try control().call("status") }

    /// A file of the daemon's media folder.
    func media(_ name: String) -> String { directory.file("media/\(name)") }

    /// Port (TCP and UDP) of the embedded room server.
    /// - Parameter client: an open connection, where the daemon may not take another.
    func serverPort(_ client: ControlClient? = nil) throws -> Int {
        let listen = try (client ?? control()).call("status")["server"]["listen"].string ?? ""
        guard let port = listen.split(separator: ":").last.flatMap({ Int($0) }), port > 0 else {
            throw WaitedInVain(description: "status names no port: \(listen)")
        }
        return port
    }

    /// What another engine needs to join this daemon's rooms, as `zegoctl app show` tells it.
    func asServer() throws -> (url: String, application: Application) {
        let text = try Command.demand([Programs.zegoctl, "--socket", controlSocket, "--json", "app", "show"])
        let app = try JSON(line: text)
        guard let id = app["appID"].integer, let sign = app["appSign"].string else {
            throw WaitedInVain(description: "zegoctl app show: \(text)")
        }
        return ("ws://127.0.0.1:\(try serverPort())", Application(id: id, sign: sign))
    }

    /// Logs in to a room and waits until it is so.
    func login(_ room: String, as user: String) throws {
        let config: JSON = ["isUserStatusNotify": true]
        let result = try control().call(
            "loginRoom", ["roomID": .string(room), "user": ["userID": .string(user)], "config": config])
        guard result["errorCode"].integer == 0 else { throw WaitedInVain(description: "loginRoom: \(result)") }
    }
}
