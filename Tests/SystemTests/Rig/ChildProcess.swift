import FoundationEssentials
import Glibc

/// A program that was started: its output goes to a file, its end can be waited for, and it never outlives the value.
final class ChildProcess {
    let pid: pid_t
    let name: String
    private let outputPath: String?
    private var status: Int32?

    /// - Parameters:
    ///   - input: what the program reads from its standard input; nothing when nil.
    ///   - output: a file for standard output and standard error together; nil discards both.
    ///   - environment: added to this process's own.
    init(
        _ arguments: [String], input: String? = nil, output: String? = nil, errors: String? = nil,
        environment: [String: String] = [:]
    ) throws {
        name = arguments[0]
        outputPath = output
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, input ?? "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output ?? "/dev/null", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        if let errors {
            posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        } else {
            posix_spawn_file_actions_adddup2(&actions, 1, 2)
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigaddset(&signals, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var variables = ProcessInfo.processInfo.environment
        variables.merge(environment) { $1 }
        var argv = arguments.map { strdup($0) } + [nil]
        var envp = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var child: pid_t = 0
        let code = posix_spawnp(&child, arguments[0], &actions, &attributes, &argv, &envp)
        guard code == 0 else { throw SystemError("starting \(arguments[0])", code: code) }
        pid = child
    }

    deinit {
        if poll() == nil {
            send(SIGKILL)
            _ = waitBlocking()
        }
    }

    /// What it wrote so far.
    var output: String { outputPath.flatMap { try? Files.text($0) } ?? "" }

    var isRunning: Bool { poll() == nil }

    func send(_ signal: Int32) { if status == nil { kill(pid, signal) } }

    /// Waits for the end: the exit status, or 128 + the signal that ended it.
    @discardableResult
    func wait(upTo seconds: Double) throws -> Int32 {
        try waitUntil(upTo: seconds, for: "the end of \(name)", instead: { String(output.suffix(2000)) }) { poll() }
    }

    /// Asks it to end, and makes it end when it does not.
    func stop(within seconds: Double = 10) {
        send(SIGTERM)
        if (try? wait(upTo: seconds)) == nil {
            send(SIGKILL)
            _ = waitBlocking()
        }
    }

    private func poll() -> Int32? {
        if let status { return status }
        var raw: Int32 = 0
        guard waitpid(pid, &raw, WNOHANG) == pid else { return nil }
        status = Self.decoded(raw)
        return status
    }

    private func waitBlocking() -> Int32? {
        var raw: Int32 = 0
        guard status == nil, waitpid(pid, &raw, 0) == pid else { return status }
        status = Self.decoded(raw)
        return status
    }

    private static func decoded(_ raw: Int32) -> Int32 {
        let signal = raw & 0x7f
        return signal == 0 ? (raw >> 8) & 0xff : 128 + signal
    }
}
