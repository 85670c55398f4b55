import FoundationEssentials

/// A PulseAudio of its own with two sinks that play nowhere, `first` (the default) and `second`, and what a program needs to
/// find it. It can be killed and started again.
final class SoundServer {
    private let directory: TemporaryDirectory
    private var process: ChildProcess?

    /// With it a program has this server and no other, whether or not it runs already.
    let environment: [String: String]

    init() throws {
        directory = try TemporaryDirectory()
        let runtime = try directory.makeDirectory("run")
        try Command.demand(["chmod", "700", runtime])
        environment = [
            "XDG_RUNTIME_DIR": runtime, "HOME": try directory.makeDirectory("home"),
            "PULSE_SERVER": "unix:\(runtime)/pulse/native",
        ]
    }

    deinit { process?.stop() }

    /// Starts it and waits until it answers.
    func start() throws {
        let sinks = ["first", "second"].flatMap {
            // A null sink that rewinds renders two seconds at once.
            ["-L", "module-null-sink sink_name=\($0) rate=48000 channels=1 norewinds=yes"]
        }
        process = try ChildProcess(
            [
                "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes",
                "--high-priority=no", "--realtime=no", "-L", "module-native-protocol-unix auth-anonymous=1",
            ] + sinks, output: directory.file("log"), environment: environment)
        try waitUntil(upTo: 10, for: "pulseaudio to answer", instead: { self.process?.output ?? "" }) {
            (try? pactl("info")) != nil ? true : nil
        }
        try pactl("set-default-sink", "first")
    }

    /// Ends it on the spot, as a crash would.
    func kill() throws {
        process?.send(9)
        _ = try process?.wait(upTo: 10)
        process = nil
    }

    @discardableResult
    func pactl(_ arguments: String...) throws -> String {
        try Command.demand(["pactl"] + arguments, environment: environment, upTo: 10)
    }

    /// Takes a sink away, as when a headset is pulled out.
    func removeSink(_ name: String) throws {
        let modules = try pactl("list", "short", "modules").split(separator: "\n")
        guard let number = modules.first(where: { $0.contains("sink_name=\(name) ") })?.split(separator: "\t").first
        else {
            throw WaitedInVain(description: "no sink \(name): \(modules)")
        }
        try pactl("unload-module", String(number))
    }

    /// Waits until sound comes out of a sink.
    func hear(_ sink: String) throws {
        let place = try TemporaryDirectory()
        let recorder = try ChildProcess(
            [
                "parec", "--raw", "--format=s16le", "--rate=48000", "--channels=1", "--latency-msec=20", "-d",
                "\(sink).monitor",
            ],
            output: place.file("heard.raw"), errors: place.file("errors"), environment: environment)
        defer { recorder.stop() }
        try waitUntil(upTo: 20, for: "sound from \(sink)", instead: { (try? self.pactl("list", "sink-inputs")) ?? "" })
        {
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: place.file("heard.raw"))))
            // The upper byte of a loud sample of either sign, a hundred times.
            let loud = stride(from: 1, to: bytes.count, by: 2).count { (4...0xFB).contains(bytes[$0]) }
            return loud > 100 ? true : nil
        }
    }
}
