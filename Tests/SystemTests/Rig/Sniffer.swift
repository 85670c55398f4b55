/// RTP to and from one UDP port of this machine, as it is on the wire (see `tools/rtp_sniffer.py`).
final class Sniffer {
    /// The packets of one source with one payload type, from one address to another.
    struct Flow {
        let from: String
        let to: String
        let payloadType: Int
        let packets: Int
        /// Packets whose number was on the wire before: retransmissions.
        let again: Int
        /// How many packets had the header extension of an identifier.
        let extensions: [Int: Int]
    }

    private let place: TemporaryDirectory
    private let process: ChildProcess
    private let port: Int

    init(port: Int) throws {
        place = try TemporaryDirectory()
        self.port = port
        process = try ChildProcess(
            [Programs.python, "\(Programs.tools)/rtp_sniffer.py", "\(port)"], output: place.file("flows"))
        let process = process
        try waitUntil(upTo: 20, for: "the sniffer", instead: { process.output }) {
            guard process.isRunning else { throw WaitedInVain(description: "the sniffer ended: \(process.output)") }
            return process.output.hasPrefix("ready") ? true : nil
        }
    }

    /// Ends it: what it saw.
    func end() throws -> [Flow] {
        process.stop()
        let line = process.output.split(separator: "\n").last.map(String.init) ?? ""
        return try JSON(line: line).array.map { flow in
            var extensions: [Int: Int] = [:]
            for key in flow["extensions"].keys { extensions[Int(key) ?? 0] = flow["extensions"][key].integer }
            return Flow(
                from: flow["from"].string ?? "", to: flow["to"].string ?? "",
                payloadType: flow["payloadType"].integer ?? -1, packets: flow["packets"].integer ?? 0,
                again: flow["again"].integer ?? 0, extensions: extensions)
        }
    }
}

extension Machine {
    static let sniffs = can("see packets on the wire (root, packet sockets)") {
        _ = try Sniffer(port: 9).end()
        return true
    }
}
