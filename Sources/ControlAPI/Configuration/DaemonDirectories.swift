import Glibc

/// Where a daemon finds its configuration and keeps its sockets and its state.
package struct DaemonDirectories: Sendable, Equatable {
    package var configuration: String
    /// Whether a configuration that is not there is an error: it is when the caller named it.
    package var isConfigurationRequired: Bool
    package var runtime: String
    package var state: String

    /// Works the places out.
    ///
    /// - Parameters:
    ///   - name: `zegod` or `zego-roomd`.
    ///   - configuration: what the caller named, and so on; nil takes the default.
    ///   - isUser: the XDG directories instead of the system's.
    ///   - environment: of the process.
    package init(
        name: String, configuration: String? = nil, runtime: String? = nil, state: String? = nil, isUser: Bool = false,
        environment: (String) -> String?
    ) throws(ConfigurationError) {
        func user(_ variable: String, _ fallback: String?) throws(ConfigurationError) -> String {
            if let directory = environment(variable), directory.hasPrefix("/") { return directory }
            if let fallback, let home = environment("HOME"), home.hasPrefix("/") { return "\(home)/\(fallback)" }
            throw ConfigurationError("--user needs \(variable); set it, or name the directories")
        }
        isConfigurationRequired = configuration != nil
        if isUser {
            self.configuration = configuration ?? ""
            self.runtime = runtime ?? ""
            self.state = state ?? ""
            if configuration == nil {
                self.configuration = try user("XDG_CONFIG_HOME", ".config") + "/\(name)/\(name).toml"
            }
            if runtime == nil { self.runtime = try user("XDG_RUNTIME_DIR", nil) + "/\(name)" }
            if state == nil { self.state = try user("XDG_STATE_HOME", ".local/state") + "/\(name)" }
        } else {
            self.configuration = configuration ?? "/etc/\(name)/\(name).toml"
            self.runtime = runtime ?? "/run/\(name)"
            self.state = state ?? "/var/lib/\(name)"
        }
        self.runtime = Self.withoutFinalSlash(self.runtime)
        self.state = Self.withoutFinalSlash(self.state)
    }

    /// As paths of sockets have it: one that systemd made is known by its path.
    private static func withoutFinalSlash(_ path: String) -> String {
        var path = Substring(path)
        while path.count > 1, path.last == "/" { path.removeLast() }
        return String(path)
    }

    /// Makes a directory and those above it that are not there; says what to do when it may not.
    ///
    /// - Parameters:
    ///   - mode: of a directory that is made here; one that exists keeps its own.
    ///   - group: the name of the group of one that is made, if there is that group.
    package static func make(
        _ path: String, mode: mode_t, group: String? = nil, option: String
    ) throws(SocketError) {
        var made = ""
        for part in path.split(separator: "/") {
            made += (made.isEmpty && !path.hasPrefix("/") ? "" : "/") + part
            let isLast = made.count == path.count || path.hasSuffix("/") && made.count == path.count - 1
            // Without the set-group-ID bit: systemd's RestrictSUIDSGID= refuses it even where the directory exists.
            if mkdir(made, isLast ? mode & 0o777 : 0o755) == 0 {
                guard isLast else { continue }
                if let group, let entry = getgrnam(group) { _ = chown(made, uid_t.max, entry.pointee.gr_gid) }
                // Where the set-group-ID bit is refused, what the mask of the process has taken away is still to be given.
                if chmod(made, mode) != 0 { _ = chmod(made, mode & 0o777) }
            } else if errno != EEXIST {
                throw SocketError(
                    "cannot make \(made): \(systemMessage(errno)); run with sudo, with --user, or name another with \(option)"
                )
            }
        }
        guard access(path, W_OK | X_OK) == 0 else {
            throw SocketError("cannot write to \(path): \(systemMessage(errno)); name another with \(option)")
        }
    }
}
