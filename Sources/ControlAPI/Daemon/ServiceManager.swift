import CSystemd
import Glibc
import NIOCore
import Transport

/// What a daemon tells the service manager (sd_notify). Without one all of it does nothing.
package enum ServiceManager {
    /// The daemon serves; `status` is for people.
    package static func ready(status: String) { notify("READY=1\nSTATUS=\(line(status))") }

    /// What the daemon is doing, one line for people.
    package static func status(_ text: String) { notify("STATUS=\(line(text))") }

    /// The daemon re-reads its configuration; ``ready(status:)`` ends it. systemd 253 wants the time with it.
    package static func reloading() {
        notify("RELOADING=1\nMONOTONIC_USEC=\(MonotonicTime.now().nanoseconds / 1000)")
    }

    /// The daemon goes down.
    package static func stopping() { notify("STOPPING=1") }

    /// The daemon lives.
    package static func watchdog() { notify("WATCHDOG=1") }

    /// How long the service manager waits for ``watchdog()``; nil when it does not.
    package static var watchdogInterval: Duration? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0, microseconds > 0 else { return nil }
        return .microseconds(Int64(clamping: microseconds))
    }

    /// How often a daemon says that it lives, and how it is: three times while the service manager waits, and every five
    /// seconds at least.
    package static var heartbeatInterval: TimeAmount {
        let interval = min(watchdogInterval.map { $0 / 3 } ?? .seconds(5), .seconds(5))
        return .nanoseconds(Int64(interval / .nanoseconds(1)))
    }

    /// The descriptors of sockets that the service manager opened for this process; empty when there are none.
    package static func inheritedDescriptors() -> Range<CInt> {
        let count = sd_listen_fds(1)
        guard count > 0 else { return 0..<0 }
        return SD_LISTEN_FDS_START..<(SD_LISTEN_FDS_START + count)
    }

    private static func notify(_ message: String) { _ = sd_notify(0, message) }

    private static func line(_ text: String) -> String { text.replacing("\n", with: " ") }
}
