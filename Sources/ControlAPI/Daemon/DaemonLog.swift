import CSystemd
import Glibc
import Logging
import Synchronization

/// The log of a daemon: to the journal with fields when standard error goes there, else to standard error.
package final class DaemonLog: Sendable {
    /// Where the lines go.
    package enum Output: Sendable, Equatable {
        /// The journal, with fields (`ROOM_ID`, `STREAM_ID`, `ERROR_CODE`, …).
        case journal
        /// Standard error with systemd's `<N>` before each line: another log of a service manager.
        case prefixed
        /// Standard error as people read it.
        case plain

        /// What suits this process.
        ///
        /// - Parameter environment: of the process.
        package static func detect(environment: (String) -> String?) -> Output {
            if let stream = environment("JOURNAL_STREAM") {
                var status = stat()
                guard fstat(STDERR_FILENO, &status) == 0, stream == "\(status.st_dev):\(status.st_ino)" else {
                    return .plain
                }
                return .journal
            }
            return environment("NOTIFY_SOCKET") != nil && isatty(STDERR_FILENO) == 0 ? .prefixed : .plain
        }
    }

    let output: Output
    private let currentLevel: Mutex<Logger.Level>

    package init(output: Output, level: Logger.Level) {
        self.output = output
        currentLevel = Mutex(level)
    }

    /// The least severe level that is written, for all loggers made here; changed at any time.
    package var level: Logger.Level {
        get { currentLevel.withLock { $0 } }
        set { currentLevel.withLock { $0 = newValue } }
    }

    /// A logger that writes here.
    package func logger(_ label: String) -> Logger {
        Logger(label: label) { _ in DaemonLogHandler(log: self) }
    }
}
