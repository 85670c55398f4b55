import ArgumentParser
import ControlAPI
import Glibc
import JSONRPC

/// Makes calls and prints what comes of them.
struct Caller {
    let options: ConnectionOptions

    /// Calls a method and gives its result.
    func call(
        _ method: String, _ params: JSONObject = [:], on socket: MethodParameters.Socket = .control
    ) throws(CommandFailure) -> JSONValue {
        let path = socket == .control ? options.controlPath : options.path(beside: "admin.sock")
        let client = try LineClient(path: path)
        let wait = params["wait"]?.double ?? 20
        return try client.call(method, params, id: 1, timeout: options.timeout ?? max(30, wait + 10))
    }

    /// Calls a method and prints its result: raw with `--json`, else by `show`.
    func run(
        _ method: String, _ params: JSONObject = [:], on socket: MethodParameters.Socket = .control,
        show: (JSONValue) -> String
    ) throws {
        try Self.reporting { () throws(CommandFailure) in
            let result = try call(method, params, on: socket)
            Self.print(options.json ? result.description : show(result))
        }
    }

    /// Ends the program with the failure's message and code when there is one.
    static func reporting(_ body: () throws(CommandFailure) -> Void) throws {
        do {
            try body()
        } catch {
            let text = Array("zegoctl: \(error.message)\n".utf8)
            _ = write(STDERR_FILENO, text, text.count)
            throw ExitCode(error.status.rawValue)
        }
    }

    /// Prints a line at once, whatever standard output is.
    static func print(_ line: String) {
        guard !line.isEmpty else { return }
        let bytes = Array((line + "\n").utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                return
            }
            written += count
        }
    }
}
