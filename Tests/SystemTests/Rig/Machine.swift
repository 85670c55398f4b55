import FoundationEssentials
import Glibc

/// What this machine can do. What it cannot is said aloud: on standard error, and in the file that contrib/test prints at its end.
enum Machine {
    static let runsRealtimeThreads = can("run SCHED_FIFO threads (chrt -f)") {
        try Command.run(["chrt", "-f", "10", "true"]).status == 0
    }

    static let bootsSystemd = can("boot a systemd of its own (root, overlay and tmpfs mounts, systemd-nspawn)") {
        guard geteuid() == 0, try Command.run(["systemd-nspawn", "--version"]).status == 0 else { return false }
        let place = try TemporaryDirectory()
        guard try Command.run(["mount", "-t", "tmpfs", "tmpfs", place.path]).status == 0 else { return false }
        defer { _ = try? Command.run(["umount", "-R", "-l", place.path]) }
        for name in ["upper", "work", "merged"] { _ = try place.makeDirectory(name) }
        let options = "lowerdir=/,upperdir=\(place.path)/upper,workdir=\(place.path)/work"
        guard try Command.run(["mount", "-t", "overlay", "overlay", "-o", options, "\(place.path)/merged"]).status == 0
        else { return false }
        let arguments = [
            "systemd-nspawn", "-q", "-D", "\(place.path)/merged", "--register=no", "--keep-unit", "--as-pid2", "true",
        ]
        return try Command.run(arguments, upTo: 30).status == 0
    }

    static let runsPulseAudio = can(
        "run PulseAudio as ALSA's default (pulseaudio, pulseaudio-utils, libasound2-plugins)"
    ) {
        // Where PipeWire's plug-in is ALSA's default, PulseAudio's is not.
        guard !Files.exists("/etc/alsa/conf.d/99-pipewire-default.conf"),
            Files.exists("/usr/share/alsa/pulse-alsa.conf")
        else {
            return false
        }
        return try Command.run(["pulseaudio", "--version"]).status == 0
            && Command.run(["parec", "--version"]).status == 0
    }

    static func can(_ what: String, _ probe: () throws -> Bool) -> Bool {
        if (try? probe()) == true { return true }
        let line = "This machine cannot \(what).\n"
        fputs("\n*** NOT TESTED: \(line)", stderr_())
        if let path = ProcessInfo.processInfo.environment["ZEGO_RIG_SKIPS"], let file = fopen(path, "a") {
            fputs(line, file)
            fclose(file)
        }
        return false
    }

    /// Standard error as a stream of its own: the global of Glibc is not safe to share in Swift 6.
    private static func stderr_() -> UnsafeMutablePointer<FILE>? { fdopen(dup(2), "a") }
}
