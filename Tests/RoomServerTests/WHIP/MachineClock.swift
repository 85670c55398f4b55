import Glibc

/// The wall clock of the machine.
enum MachineClock {
    /// Seconds since 1970.
    static var seconds: Int64 { Int64(time(nil)) }
}
