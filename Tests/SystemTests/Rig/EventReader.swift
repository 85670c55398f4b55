/// The event stream of a daemon, read as it comes. What was passed over stays in `seen`.
final class EventReader {
    private let connection: LineConnection
    private(set) var seen: [JSON] = []

    init(path: String) throws { connection = try LineConnection(path: path) }

    /// The next event for which `matches` holds, from now on.
    @discardableResult
    func next(_ name: String, upTo seconds: Double = 20, where matches: (JSON) -> Bool = { _ in true }) throws -> JSON {
        let deadline = monotonicSeconds() + seconds
        while true {
            let left = deadline - monotonicSeconds()
            guard left > 0, let line = try? connection.readLine(upTo: left) else {
                let names = seen.suffix(12).map(\.description).joined(separator: "\n")
                throw WaitedInVain(description: "no event \(name) within \(seconds) s; the last ones:\n\(names)")
            }
            let event = try JSON(line: line)
            seen.append(event)
            if event["event"].string == name, matches(event) { return event }
        }
    }
}
