import ArgumentParser
import ControlAPI

/// Where the daemon finds its configuration and keeps its sockets and state.
struct DirectoryOptions: ParsableArguments {
    @Option(help: "The configuration (default: /etc/zego-roomd/zego-roomd.toml, which may be absent).")
    var config: String?

    @Option(help: "Where the admin socket is made (default: /run/zego-roomd).")
    var runtimeDir: String?

    @Option(help: "Where the daemon keeps what it has to remember (default: /var/lib/zego-roomd).")
    var stateDir: String?

    @Flag(help: "Use the XDG directories of the user.")
    var user = false

    func resolve() throws(ConfigurationError) -> DaemonDirectories {
        try DaemonDirectories(
            name: "zego-roomd", configuration: config, runtime: runtimeDir, state: stateDir, isUser: user,
            environment: ProcessEnvironment.value)
    }
}
