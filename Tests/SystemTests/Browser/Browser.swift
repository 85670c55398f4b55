import FoundationEssentials

/// One headless browser with the page in it: Chromium, whose microphone is a file (see `browser.py`), or Firefox, whose microphone
/// is a tone (see `firefox.py`).
final class Browser {
    private let place: TemporaryDirectory
    private let process: ChildProcess
    private let client: ControlClient

    /// What drives which browser.
    enum Kind: String {
        case chromium = "browser.py"
        case firefox = "firefox.py"
    }

    /// - Parameters:
    ///   - microphone: 48-kHz WAV that Chromium hears over and over.
    ///   - options: further options of the driver.
    ///   - prefix: what the whole browser runs under, such as `ip netns exec NAME`.
    init(
        _ kind: Kind = .chromium, microphone: String = Programs.voice, options: [String] = [], prefix: [String] = []
    ) throws {
        place = try TemporaryDirectory()
        let path = place.file("socket")
        process = try ChildProcess(
            prefix + [
                Programs.python, "\(Programs.repository)/Tests/SystemTests/Browser/tools/\(kind.rawValue)", path,
                microphone,
            ] + options, output: place.file("log"))
        let process = process
        client = try waitUntil(upTo: 40, for: "\(kind) to be up", instead: { process.output }) {
            guard process.isRunning else {
                throw WaitedInVain(description: "\(kind.rawValue) ended: \(process.output)")
            }
            return Files.exists(path) ? try? ControlClient(path: path) : nil
        }
    }

    deinit { process.stop() }

    /// One method of `browser.py`.
    @discardableResult
    func call(_ method: String, _ params: JSON = [:], upTo seconds: Double = 60) throws -> JSON {
        try client.call(method, params, upTo: seconds)
    }

    func click(_ selector: String) throws { try call("click", ["selector": .string(selector)]) }

    func text(_ selector: String) throws -> String { try call("text", ["selector": .string(selector)]).string ?? "" }

    /// Waits until something that matches is visible and holds the text.
    @discardableResult
    func wait(_ selector: String, _ text: String = "", upTo seconds: Int = 20) throws -> String {
        let params: JSON = ["selector": .string(selector), "text": .string(text), "seconds": .number(Double(seconds))]
        do {
            return try call("wait", params, upTo: Double(seconds) + 20).string ?? ""
        } catch {
            throw WaitedInVain(description: "\(error)\nThe page says: \((try? self.text("main")) ?? "nothing")")
        }
    }

    /// Opens a link and joins, microphone and all; returns when the page says that it is in the room.
    func join(_ link: String) throws {
        try call("open", ["url": .string(link)])
        try click("#join")
        try wait("#status", "In the room")
    }

    /// The browser's own figures of one kind (`inbound-rtp`, `outbound-rtp`, …).
    func statistics(_ type: String) throws -> [JSON] {
        try call("statistics").array.filter { $0["type"].string == type }
    }

    /// What the first section that receives plays, as the page hears it.
    func capture(seconds: Int, to path: String) throws {
        try call("capture", ["seconds": .number(Double(seconds)), "path": .string(path)], upTo: Double(seconds) + 30)
    }

    /// Whether packets of every played stream come now.
    func hears(_ streams: Int, upTo seconds: Double = 20) throws {
        func received() throws -> [Double] { try statistics("inbound-rtp").compactMap { $0["packetsReceived"].number } }
        let before = try received()
        try waitUntil(upTo: seconds, for: "packets of \(streams) streams", instead: { "\(before)" }) {
            let now = try received()
            let grown = now.indices.count { now[$0] > (before.indices.contains($0) ? before[$0] : 0) + 10 }
            return grown >= streams ? true : nil
        }
    }
}

extension Machine {
    static let runsFirefox = can("run headless Firefox (package firefox-esr)") { Files.exists("/usr/bin/firefox-esr") }

    static let runsChromium = can("run headless Chromium (packages chromium, and playwright in the rig's Python)") {
        guard Files.exists("/usr/bin/chromium") else { return false }
        return try Command.run([Programs.python, "-c", "import playwright.sync_api"]).status == 0
    }
}

extension Daemon {
    /// A link with which a user joins from a browser.
    func link(room: String, user: String, more: [String] = []) throws -> String {
        try Command.demand(
            [Programs.zegoctl, "--socket", controlSocket, "token", "--room", room, "--user", user, "--link"] + more
        ).trimmed
    }
}

extension String {
    /// Without white space around it.
    var trimmed: String {
        var rest = self[...]
        while rest.last?.isWhitespace == true { rest.removeLast() }
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        return String(rest)
    }
}
