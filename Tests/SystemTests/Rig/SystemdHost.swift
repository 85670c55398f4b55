import FoundationEssentials
import Glibc

/// A whole Debian with a real systemd as PID 1: this machine's own root under a throw-away overlay, booted by systemd-nspawn in a network of its own.
final class SystemdHost {
    private let place: TemporaryDirectory
    private let container: ChildProcess
    private var leader: pid_t = 0
    private var root: String { place.file("merged") }

    /// - Parameter folder: seen inside as /run/shared, read-only.
    init(sharing folder: String? = nil) throws {
        place = try TemporaryDirectory()
        try Command.demand(["mount", "-t", "tmpfs", "-o", "size=2G,mode=755", "tmpfs", place.path])
        for name in ["upper", "work", "merged"] { _ = try place.makeDirectory(name) }
        let options = "lowerdir=/,upperdir=\(place.file("upper")),workdir=\(place.file("work"))"
        try Command.demand(["mount", "-t", "overlay", "overlay", "-o", options, place.file("merged")])
        let merged = place.file("merged")
        // Nothing of the machine's own runtime state, and none of its timers: they are not under test.
        try Command.demand(["sh", "-c", "rm -rf \(merged)/run/* && : > \(merged)/etc/machine-id"])
        for unit in Self.masked {
            try Command.demand(["ln", "-sf", "/dev/null", "\(merged)/etc/systemd/system/\(unit)"])
        }
        container = try ChildProcess(
            [
                "systemd-nspawn", "-q", "-D", merged, "-M", "zegotest\(getpid())", "--register=no", "--keep-unit",
                "--boot",
                "--console=pipe", "--private-network", "--capability=CAP_IPC_LOCK",
                // Below /tmp it would not be seen.
                "--bind-ro=\(Programs.repository)",
            ] + (folder.map { ["--bind-ro=\($0):/run/shared"] } ?? []), output: place.file("console"))
        leader = try waitUntil(upTo: 90, for: "systemd to be up", instead: { self.container.output }) {
            guard container.isRunning else {
                throw WaitedInVain(description: "systemd-nspawn ended: \(container.output)")
            }
            return try runningLeader()
        }
    }

    private static let masked = [
        "systemd-networkd-wait-online.service", "systemd-timesyncd.service", "apt-daily.timer",
        "apt-daily-upgrade.timer",
        "e2scrub_all.timer", "fstrim.timer", "man-db.timer", "logrotate.timer", "postgresql.service",
    ]

    /// PID 1 of the container as this machine numbers it, once its systemd calls itself running.
    private func runningLeader() throws -> pid_t? {
        guard let child = try Command.run(["pgrep", "-P", "\(container.pid)"]).output.split(separator: "\n").first,
            let pid = pid_t(child), Files.exists("/proc/\(pid)/root/run/systemd/private")
        else { return nil }
        let state = try Command.run(Self.enter(pid) + ["systemctl", "is-system-running"]).output
        return state.hasPrefix("running") || state.hasPrefix("degraded") ? pid : nil
    }

    deinit {
        if leader != 0 {
            _ = try? Command.run(Self.enter(leader) + ["systemctl", "--no-block", "poweroff"])
            _ = try? container.wait(upTo: 20)
        }
        container.stop()
        _ = try? Command.run(["umount", "-R", "-l", place.path])
    }

    private static func enter(_ pid: pid_t) -> [String] {
        ["nsenter", "-t", "\(pid)", "-m", "-u", "-i", "-n", "-p", "-r", "-w"]
    }

    /// Runs a shell line inside as root.
    func run(_ line: String, upTo seconds: Double = 60) throws -> Command {
        try Command.run(Self.enter(leader) + ["sh", "-c", line], upTo: seconds)
    }

    /// Runs a shell line inside as another user with all of that user's groups.
    func run(_ line: String, as user: String, upTo seconds: Double = 60) throws -> Command {
        try Command.run(
            Self.enter(leader) + ["setpriv", "--reuid", user, "--regid", user, "--init-groups", "sh", "-c", line],
            upTo: seconds)
    }

    /// Runs a shell line inside as root and demands that it ends with 0.
    @discardableResult
    func demand(_ line: String, upTo seconds: Double = 60) throws -> String {
        let command = try run(line, upTo: seconds)
        guard command.status == 0 else {
            let journal = (try? run("journalctl --no-pager -n 40 -u 'zego*'").output) ?? ""
            throw WaitedInVain(
                description: "\(line) ended with \(command.status): \(command.errors)\(command.output)\n\(journal)")
        }
        return command.output
    }
}
