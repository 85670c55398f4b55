import ArgumentParser
import ControlAPI

/// Where the daemon finds its configuration and keeps its sockets and state.
struct DirectoryOptions: ParsableArguments {
    @Option(help: "The configuration (default: /etc/zegod/zegod.toml, which may be absent).")
    var config: String?

    @Option(help: "Where the sockets are made (default: /run/zegod).")
    var runtimeDir: String?

    @Option(help: "Where the daemon keeps what it has to remember (default: /var/lib/zegod).")
    var stateDir: String?

    @Flag(help: "Use the XDG directories of the user.")
    var user = false

    func resolve() throws(ConfigurationError) -> DaemonDirectories {
        try DaemonDirectories(
            name: "zegod", configuration: config, runtime: runtimeDir, state: stateDir, isUser: user,
            environment: ProcessEnvironment.value)
    }
}
