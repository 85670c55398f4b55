import ControlAPI
import JSONRPC

/// What `top` knows of the daemon, over one connection: the status, asked for every second, and the levels as they come.
final class TopWatcher {
    private let client: LineClient
    private let timeout: Double
    private let processID: Int
    private var nextID: Int64 = 1
    private var statusID: Int64?
    private var threads = ThreadTimes()
    private var threadsTime = 0.0
    private var lastLevel = 0.0
    private let began = LineClient.now()
    private var turnedLevelsOn = false
    private(set) var screen = TopScreen(isUTF8: Terminal.isUTF8)

    /// Connects, and subscribes to what changes too often to be asked for.
    init(options: ConnectionOptions) throws(CommandFailure) {
        timeout = options.timeout ?? 10
        client = try LineClient(path: options.controlPath)
        let hello = try client.call("hello", ["client": "zegoctl top"], id: 0, timeout: timeout)
        processID = Int(hello["pid"]?.integer ?? 0)
        threads = ThreadTimes(processID: processID)
        threadsTime = LineClient.now()
        try ask("subscribe", ["events": ["sound-level"]])
    }

    var descriptor: CInt { client.descriptor }

    /// Whether there is a status and a level.
    var isComplete: Bool { screen.status["engine"] != nil && screen.capturedLevel != nil }

    private func ask(_ method: String, _ params: JSONObject = [:]) throws(CommandFailure) {
        try client.send(
            JSONRPCRequest(id: .integer(nextID), method: method, params: .object(params)).json.serialized())
        nextID += 1
    }

    /// Asks for the status, and measures the threads.
    func refresh() throws(CommandFailure) {
        statusID = nextID
        try ask("status")
        let now = LineClient.now()
        let present = ThreadTimes(processID: processID)
        if now - threadsTime > 0.5 {
            screen.threads = present.percent(since: threads, elapsed: now - threadsTime)
            threads = present
            threadsTime = now
        }
        if now - lastLevel > 2, lastLevel > 0 {
            screen.capturedLevel = nil
            screen.remoteLevels = [:]
        }
    }

    /// Turns the monitoring of levels on when none have come for a while.
    func startLevelsWhereNobodyHas() {
        guard !turnedLevelsOn, lastLevel == 0, LineClient.now() - began > 1.2 else { return }
        turnedLevelsOn = true
        try? ask("startSoundLevelMonitor", ["intervalMs": 200])
    }

    /// Leaves the monitoring as it was.
    func stopLevels() {
        guard turnedLevelsOn else { return }
        try? ask("stopSoundLevelMonitor")
        try? read(upTo: 0.5)
    }

    /// Takes what comes within a time.
    func read(upTo seconds: Double) throws(CommandFailure) {
        let line: [UInt8]?
        do {
            line = try client.nextLine(timeout: max(0.001, seconds))
        } catch {
            if error.status == .timedOut { return }
            throw error
        }
        guard let line else {
            throw CommandFailure(
                status: .unreachable, "the daemon closed the connection\nhint: systemctl status zegod tells why")
        }
        guard let message = try? JSONValue(parsing: line) else { return }
        if message["method"] == "event", let event = message["params"] {
            take(event)
        } else if message["id"]?.integer == statusID, let status = message["result"] {
            screen.status = status
        }
    }

    private func take(_ event: JSONValue) {
        guard event["event"] == "sound-level" else { return }
        lastLevel = LineClient.now()
        screen.capturedLevel = event["captured"]?.double
        screen.remoteLevels = (event["remote"]?.object ?? [:]).reduce(into: [:]) { $0[$1.0] = $1.1.double }
    }
}
