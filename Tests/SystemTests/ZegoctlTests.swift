import Glibc
import Testing

/// The command line, run as a user runs it.
@Suite("zegoctl")
struct ZegoctlTests {
    let daemon: Daemon

    init() throws { daemon = try Daemon(input: "tone:440") }

    private func zegoctl(_ arguments: String..., upTo seconds: Double = 30) throws -> Command {
        try Command.run([Programs.zegoctl, "--socket", daemon.controlSocket] + arguments, upTo: seconds)
    }

    @Test(
        "wait ends with the event, at once when it is so already, and with 75 when the time is up",
        .timeLimit(.minutes(2)))
    func wait() throws {
        let heard = daemon.directory.file("waited")
        let waiting = try ChildProcess(
            [
                Programs.zegoctl, "--socket", daemon.controlSocket, "wait", "room-state", "roomID=room1",
                "reason=logined",
                "--timeout", "60",
            ], output: heard)
        try daemon.login("room1", as: "user1")
        #expect(try waiting.wait(upTo: 20) == 0)
        #expect(waiting.output.contains("room-state            room1 logined"), "\(waiting.output)")
        let already = try zegoctl("wait", "room-state", "reason=logined")
        #expect(already.status == 0)
        let raw = try zegoctl("--json", "wait", "room-state", "reason=logined")
        #expect(try JSON(line: raw.output)["roomID"].string == "room1")
        let late = try zegoctl("wait", "room-state", "reason=logined", "--next", "--timeout", "0.2")
        #expect(late.status == 75 && late.errors.contains("zegoctl doctor"), "\(late)")
        #expect(try zegoctl("wait", "room-state", "nonsense").status == 64)
    }

    @Test("wait outlives a restart of the daemon", .timeLimit(.minutes(2)))
    func waitThroughRestart() throws {
        let waiting = try ChildProcess(
            [
                Programs.zegoctl, "--socket", daemon.controlSocket, "wait", "room-state", "roomID=room2",
                "reason=logined",
                "--timeout", "60",
            ], output: daemon.directory.file("waited"))
        try waitUntil(upTo: 10, for: "the reader") {
            try daemon.control().call("metrics")["text"].string?.contains("zegod_connections{socket=\"events\"} 1\n")
                == true
                ? true : nil
        }
        daemon.process.send(SIGKILL)
        try daemon.process.wait(upTo: 10)
        let again = try Daemon.start(in: daemon.directory)
        try waitUntil(upTo: 20, for: "the daemon", instead: { again.output }) {
            try? daemon.control().call("hello", upTo: 2)
        }
        try daemon.login("room2", as: "user1")
        #expect(try waiting.wait(upTo: 20) == 0)
        again.stop()
    }

    @Test("top --once prints one page of 80 columns; the terminal is given back by top", .timeLimit(.minutes(2)))
    func top() throws {
        try daemon.login("room1", as: "user1")
        try daemon.control().call("startPublishing", ["streamID": "stream1", "wait": 20])
        try daemon.control().call("startSoundLevelMonitor", ["intervalMs": 100])
        let page = try zegoctl("top", "--once", "--width", "80")
        #expect(page.status == 0, "\(page)")
        for word in ["room1 logined as user1", "stream1", "publishing", "realtime", "127.0.0.1:"] {
            #expect(page.output.contains(word), "\(page.output)")
        }
        #expect(page.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
        #expect(!page.output.contains("\u{1B}"))

        // In a terminal of script(1): drawn, and after q all is as it was.
        let terminal = try Command.run(
            [
                "sh", "-c",
                "(sleep 2.5; printf q) | script -qec 'stty cols 80 rows 24; \(Programs.zegoctl) --socket \(daemon.controlSocket) top; echo ended $?; stty -a' /dev/null",
            ], upTo: 30)
        #expect(
            terminal.output.contains("\u{1B}[?1049h") && terminal.output.contains("\u{1B}[?1049l"),
            "\(terminal.output.suffix(500))")
        #expect(
            terminal.output.contains("ended 0") && terminal.output.contains(" icanon"), "\(terminal.output.suffix(800))"
        )
    }

    @Test(
        "doctor finds a daemon that is well, a card that is not there, and a daemon that is not",
        .timeLimit(.minutes(2)))
    func doctor() throws {
        let places = ["--config", daemon.directory.file("zegod.toml"), "--state-dir", daemon.directory.file("state")]
        let well = try Command.run([Programs.zegoctl, "--socket", daemon.controlSocket, "doctor"] + places)
        #expect(well.status == 0, "\(well.output)\(well.errors)")
        #expect(well.output.contains("ok       daemon: zegod"))
        _ = try? daemon.control().call("useAudioDevice", ["type": "input", "deviceID": "hw:77"])
        let sick = try Command.run([Programs.zegoctl, "--socket", daemon.controlSocket, "doctor"] + places)
        #expect(sick.status == 1)
        #expect(sick.output.contains("PROBLEM  input device: hw:77"), "\(sick.output)")
        #expect(sick.output.contains("fix: "))
        let none = try Command.run(
            [Programs.zegoctl, "--socket", daemon.directory.file("none.sock"), "doctor"] + places)
        #expect(none.status == 69 && none.output.contains("it does not run"), "\(none.output)")
        let json = try Command.run([Programs.zegoctl, "--socket", daemon.controlSocket, "--json", "doctor"] + places)
        #expect(try JSON(line: json.output).array.contains { $0["severity"].string == "problem" })
    }

    @Test("help tells about commands and methods; manual pages are without a fault", .timeLimit(.minutes(2)))
    func help() throws {
        #expect(try zegoctl("help").output.contains("doctor"))
        #expect(try zegoctl("help", "wait").output.contains("--next"))
        #expect(try zegoctl("help", "loginRoom").output.contains("user.userID"))
        let wrong = try zegoctl("help", "loginRom")
        #expect(wrong.status == 64 && wrong.errors.contains("did you mean loginRoom"), "\(wrong)")
        for page in ["zegod-rpc.7", "zegoctl.1"] {
            let text = try zegoctl("manual", page).output
            #expect(text.hasPrefix(".TH "))
            let faults = try Command.run(
                ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", "/dev/stdin"], input: text)
            #expect(faults.status == 0 && faults.errors.isEmpty, "\(page): \(faults.errors)")
        }
        for shell in ["bash", "zsh", "fish"] {
            let script = try zegoctl("--generate-completion-script", shell).output
            #expect(script.contains("startPublishing"), "\(shell) knows the methods")
        }
        let script = daemon.directory.file("completion.bash")
        try Files.write(try zegoctl("--generate-completion-script", "bash").output, to: script)
        #expect(try Command.run(["bash", "-n", script]).status == 0)
    }
}
