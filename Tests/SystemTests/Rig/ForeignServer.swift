/// A WHIP and WHEP server over a WebRTC stack that we did not write (`tools/foreign_server.py`).
final class ForeignServer {
    private let process: ChildProcess
    private let place: TemporaryDirectory
    let port: Int

    init() throws {
        let place = try TemporaryDirectory()
        let process = try ChildProcess(
            [Programs.python, "\(Programs.tools)/foreign_server.py", Programs.voice, place.path],
            output: place.file("log"))
        self.place = place
        self.process = process
        port = try waitUntil(upTo: 30, for: "the foreign server", instead: { process.output }) {
            try process.output.split(separator: "\n").first.flatMap { try JSON(line: String($0))["port"].integer }
        }
    }

    deinit { process.stop() }

    /// `path` is that of an endpoint with its query.
    func url(_ path: String) -> String { "http://127.0.0.1:\(port)/\(path)" }

    /// What it has recorded of a stream.
    func recording(_ name: String) -> String { place.file("\(name).wav") }

    /// The requests so far, each with what was answered.
    var requests: [JSON] {
        process.output.split(separator: "\n").compactMap { try? JSON(line: String($0)) }.filter {
            $0["method"].string != nil
        }
    }

    /// What was asked of a stream's endpoint: the statuses in order.
    func statuses(_ path: String) -> [Int] {
        requests.filter { $0["path"].string == path }.compactMap { $0["status"].integer }
    }

    var log: String { process.output }
}
