/// The listening sockets of a daemon: those that systemd opened, and the missing ones, made here under the lock of the
/// runtime directory.
package struct DaemonSockets: Sendable {
    /// Nil of a daemon without an engine.
    package let control: ListeningSocket?
    /// Nil of a daemon without an engine.
    package let events: ListeningSocket?
    package let admin: ListeningSocket
    /// Held as long as the sockets are; nil when all of them are systemd's.
    private let lock: RuntimeDirectoryLock?

    /// Takes or makes the sockets.
    ///
    /// - Parameters:
    ///   - directory: the runtime directory; made when it is needed and not there.
    ///   - hasEngine: whether control and event sockets are wanted.
    ///   - inherited: what systemd passed.
    package init(
        runtimeDirectory directory: String, hasEngine: Bool,
        inherited: [ListeningSocket] = ListeningSocket.inherited(ServiceManager.inheritedDescriptors())
    ) throws(SocketError) {
        let names = hasEngine ? ["control", "events", "admin"] : ["admin"]
        func passed(_ name: String) -> ListeningSocket? { inherited.first { $0.path == "\(directory)/\(name).sock" } }
        if names.contains(where: { passed($0) == nil }) {
            try DaemonDirectories.make(directory, mode: 0o755, option: "--runtime-dir")
            lock = try RuntimeDirectoryLock(directory: directory)
        } else {
            lock = nil
        }
        func take(_ name: String, mode: UInt32, group: String? = nil) throws(SocketError) -> ListeningSocket {
            if let socket = passed(name) { return socket }
            return try ListeningSocket.make(path: "\(directory)/\(name).sock", mode: mode, group: group)
        }
        control = hasEngine ? try take("control", mode: 0o660, group: "zegod") : nil
        events = hasEngine ? try take("events", mode: 0o660, group: "zegod-events") : nil
        admin = try take("admin", mode: 0o600)
    }
}
