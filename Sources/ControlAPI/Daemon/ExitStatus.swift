import Glibc

/// How a daemon ends when it cannot start (sysexits.h).
package enum ExitStatus {
    /// Something that it needs is taken or out of reach: another daemon, a port, a directory.
    package static let unavailable: CInt = 69
    /// The configuration is wrong; starting again does not mend it.
    package static let configuration: CInt = 78

    /// Says why on standard error and ends the process.
    package static func exit(_ reason: String, program: String, status: CInt) -> Never {
        let line = Array("\(program): \(reason)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
        Glibc.exit(status)
    }
}
