import Glibc

/// Says on a terminal that a call takes longer than a second, and for how long it has been; nothing where standard error is none.
final class Progress {
    private let what: String
    private let began = LineClient.now()
    private var isShown = false

    init(_ what: String) {
        self.what = what
    }

    /// Once a second.
    func show() {
        guard isatty(STDERR_FILENO) == 1 else { return }
        isShown = true
        Self.write("\r\(what) ... \(Int(LineClient.now() - began)) s\u{1B}[K")
    }

    /// Takes the line away again.
    func end() {
        if isShown { Self.write("\r\u{1B}[K") }
        isShown = false
    }

    private static func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
