import Glibc

/// The terminal while `top` has it: another screen, no cursor, keys at once; given back as it was.
final class Terminal {
    private var saved = termios()
    private let isInteractive: Bool

    /// Takes the terminal.
    init() {
        isInteractive = tcgetattr(STDIN_FILENO, &saved) == 0
        if isInteractive {
            var keys = saved
            keys.c_lflag &= ~(tcflag_t(ICANON) | tcflag_t(ECHO))
            tcsetattr(STDIN_FILENO, TCSANOW, &keys)
        }
        Self.write("\u{1B}[?1049h\u{1B}[?25l")
    }

    /// Gives it back.
    func restore() {
        Self.write("\u{1B}[?25h\u{1B}[?1049l")
        if isInteractive { tcsetattr(STDIN_FILENO, TCSANOW, &saved) }
    }

    /// Columns and lines; 80 and 24 where they are not known.
    static var size: (columns: Int, lines: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Whether it shows more than ASCII, as the locale says.
    static var isUTF8: Bool {
        for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
            guard let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty else { continue }
            return value.uppercased().contains("UTF-8") || value.uppercased().contains("UTF8")
        }
        return false
    }

    /// Draws lines over what was there.
    func draw(_ lines: [String]) {
        Self.write("\u{1B}[H" + lines.map { "\($0)\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J")
    }

    private static func write(_ text: String) {
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno != EINTR { return }
            written += max(0, count)
        }
    }
}
