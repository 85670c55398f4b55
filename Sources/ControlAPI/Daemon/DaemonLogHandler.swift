import CSystemd
import Glibc
import Logging

/// Writes the lines of one logger to a ``DaemonLog``.
struct DaemonLogHandler: LogHandler {
    private let log: DaemonLog
    var metadata: Logger.Metadata = [:]
    /// The level of the whole log: setting it on one logger has no effect on others, so it is kept in one place only.
    var logLevel: Logger.Level {
        get { log.level }
        set { log.level = newValue }
    }

    init(log: DaemonLog) {
        self.log = log
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let message = Self.oneLine(event.message.description)
        switch log.output {
        case .journal: Self.toJournal(event.level, message, all)
        case .prefixed: Self.toStandardError("<\(event.level.priority)>\(message)\(Self.text(all))\n")
        case .plain:
            let time = EventTime.text(microseconds: EventTime.now())
            Self.toStandardError("\(time) \(event.level.rawValue): \(message)\(Self.text(all))\n")
        }
    }

    /// One write per line: a pipe or a file gets it whole, and nothing waits in a buffer when the daemon dies.
    private static func toStandardError(_ line: String) {
        let bytes = Array(line.utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }

    private static func toJournal(
        _ level: Logger.Level, _ message: String, _ metadata: [(key: String, value: Logger.MetadataValue)]
    ) {
        var fields = ["MESSAGE=\(message)\(text(metadata))", "PRIORITY=\(level.priority)"]
        for (key, value) in metadata { fields.append("\(fieldName(key))=\(oneLine(value.description))") }
        let buffers = fields.map { field in
            let bytes = Array(field.utf8)
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
            buffer.copyBytes(from: bytes)
            return buffer
        }
        let vectors = buffers.map { iovec(iov_base: $0.baseAddress, iov_len: $0.count) }
        _ = sd_journal_sendv(vectors, CInt(vectors.count))
        for buffer in buffers { buffer.deallocate() }
    }

    private static func text(_ metadata: [(key: String, value: Logger.MetadataValue)]) -> String {
        metadata.map { " \($0.key)=\(oneLine($0.value.description))" }.joined()
    }

    /// What came from outside cannot make a line of its own.
    private static func oneLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else { return text }
        return String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
    }

    /// `roomID` as `ROOM_ID`: the journal takes capital letters, digits and underscores.
    static func fieldName(_ key: String) -> String {
        var name = ""
        var previousIsLower = false
        for character in key {
            if character.isUppercase, previousIsLower { name += "_" }
            previousIsLower = character.isLowercase || character.isNumber
            name += character.isASCII && (character.isLetter || character.isNumber) ? character.uppercased() : "_"
        }
        return name.first.map { $0 == "_" || $0.isNumber } == true ? "X\(name)" : name
    }
}

extension Logger.Level {
    /// syslog's number.
    fileprivate var priority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
