import ArgumentParser
import ControlAPI
import Glibc
import JSONRPC

/// `zegoctl doctor`
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Looks for what is wrong, and names the command that mends it.",
        discussion: "Ends with 0 when there is no problem, 1 when there is, 69 or 77 when the daemon cannot be asked.")

    @ParentCommand var root: ZegoctlCommand
    @OptionGroup var connection: ConnectionOptions

    @Option(help: "The configuration (default: /etc/zegod/zegod.toml, or that of a user's daemon).")
    var config: String?

    @Option(help: "Where the state is kept (default: /var/lib/zegod, or that of a user's daemon).")
    var stateDir: String?

    func run() throws {
        let options = connection.or(root.connection)
        var status = CommandFailure.Status.callFailed
        let places = try DaemonDirectories(
            name: "zegod", configuration: config, state: stateDir, isUser: options.isOfUser,
            environment: ProcessEnvironment.value)
        var findings = [
            configurationFinding(places),
            Diagnosis.clock(now: Int64(time(nil)), isSynchronised: MachineFacts.isClockSynchronised),
        ]
        if let disk = Diagnosis.disk(freeBytes: MachineFacts.freeBytes(places.state), path: places.state) {
            findings.append(disk)
        }
        do throws(CommandFailure) {
            findings += try ask(options, places)
        } catch {
            status = error.status
            findings.append(socketFinding(options.controlPath, error))
        }
        if options.json {
            Caller.print(JSONValue.array(findings.map(\.json)).description)
        } else {
            for finding in findings { finding.lines.forEach(Caller.print) }
        }
        if findings.contains(where: { $0.severity == .problem }) { throw ExitCode(status.rawValue) }
    }

    private var hasUnit: Bool {
        ["/lib/systemd/system", "/usr/lib/systemd/system", "/usr/local/lib/systemd/system", "/etc/systemd/system"]
            .contains { access("\($0)/zegod.service", F_OK) == 0 }
    }

    /// What the daemon tells of itself, and what this machine tells of the daemon.
    private func ask(
        _ options: ConnectionOptions, _ places: DaemonDirectories
    ) throws(CommandFailure) -> [Finding] {
        let client = try LineClient(path: options.controlPath)
        let timeout = options.timeout ?? 5
        let hello = try client.call("hello", ["client": "zegoctl doctor"], id: 1, timeout: timeout)
        let status = try client.call("status", id: 2, timeout: timeout)
        let processID = Int(hello["pid"]?.integer ?? 0)
        let server = status["engine"]?["server"]?.string ?? ""
        var findings = [
            Finding(
                .ok, "daemon",
                "zegod \(Text.plain(hello["version"])) answers at \(options.controlPath) (pid \(processID))")
        ]
        let reach = ServerProbe.reach(server)
        findings += Diagnosis.call(status, reach: reach)
        if reach == .answers, let answer = ServerProbe.ask(server, trust: daemonConfiguration(places)?.engine.trust) {
            findings += Diagnosis.server(server, answer)
        }
        findings += Diagnosis.devices(
            status, hasCards: MachineFacts.hasSoundCards, holders: MachineFacts.soundDeviceHolders)
        let limit = MachineFacts.realtimeLimit(processID: processID)
        if let realtime = Diagnosis.realtime(status, limit: limit, hasUnit: hasUnit) { findings.append(realtime) }
        return findings
    }

    private func socketFinding(_ path: String, _ failure: CommandFailure) -> Finding {
        let trouble: Diagnosis.SocketTrouble =
            switch failure.status {
            case .notPermitted: .forbidden
            case .timedOut: .noAnswer
            default: access(path, F_OK) == 0 ? .nobodyListens : .missing
            }
        let user = MachineFacts.userName
        return Diagnosis.socket(
            path, trouble, user: user, isMemberElsewhere: MachineFacts.isMember(user, of: "zegod"), hasUnit: hasUnit)
    }

    private func readConfiguration(_ places: DaemonDirectories) throws(ConfigurationError) -> DaemonConfiguration {
        let file = try ConfigurationFile.read(places.configuration, isRequired: false)
        return try DaemonConfiguration(file: file, stateDirectory: places.state)
    }

    /// Nil when this user cannot read it.
    private func daemonConfiguration(_ places: DaemonDirectories) -> DaemonConfiguration? {
        try? readConfiguration(places)
    }

    private func configurationFinding(_ places: DaemonDirectories) -> Finding {
        let path = places.configuration
        let isReadable = access(path, R_OK) == 0
        guard isReadable || errno == ENOENT else { return unreadable(path) }
        guard isReadable else {
            return Finding(.ok, "configuration", "\(path) is not there: every value has its default")
        }
        do {
            _ = try readConfiguration(places)
            return Finding(.ok, "configuration", "\(path) is right")
        } catch {
            // A key or a secret in a file that is the daemon's alone is no fault of the configuration.
            let isForbidden = error.description.contains(String(cString: strerror(EACCES)))
            guard geteuid() == 0 || !isForbidden else {
                return Finding(.unknown, "configuration", error.description, fix: "sudo zegoctl doctor")
            }
            return Finding(
                .problem, "configuration", error.description,
                fix: "edit it; zegod --check-config --config \(path) checks it")
        }
    }

    private func unreadable(_ path: String) -> Finding {
        Finding(
            .unknown, "configuration", "\(path) cannot be read by \(MachineFacts.userName)", fix: "sudo zegoctl doctor")
    }
}
