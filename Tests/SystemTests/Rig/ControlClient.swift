/// Calls on a control or admin socket, one connection for all of them.
final class ControlClient {
    /// An answer with `error`.
    struct Refused: Error, CustomStringConvertible {
        let method: String
        let error: JSON
        var description: String { "\(method): \(error)" }
        var code: Int? { error["code"].integer }
    }

    private let connection: LineConnection
    private var lastID = 0

    init(path: String) throws { connection = try LineConnection(path: path) }

    /// The `result`; throws `Refused` for an `error`.
    @discardableResult
    func call(_ method: String, _ params: JSON = .object([:]), upTo seconds: Double = 30) throws -> JSON {
        lastID += 1
        let request: JSON = [
            "jsonrpc": "2.0", "id": .number(Double(lastID)), "method": .string(method), "params": params,
        ]
        try connection.write(line: request.description)
        guard let line = try connection.readLine(upTo: seconds) else { throw LineConnection.Closed() }
        let answer = try JSON(line: line)
        guard answer["id"].integer == lastID else {
            throw WaitedInVain(description: "another answer than to \(lastID): \(line)")
        }
        guard answer["error"] == .null else { throw Refused(method: method, error: answer["error"]) }
        return answer["result"]
    }

    /// One line as it stands, one line back.
    func exchange(_ line: String, upTo seconds: Double = 30) throws -> JSON {
        try connection.write(line: line)
        guard let answer = try connection.readLine(upTo: seconds) else { throw LineConnection.Closed() }
        return try JSON(line: answer)
    }
}
