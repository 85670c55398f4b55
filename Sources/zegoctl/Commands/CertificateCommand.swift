import ArgumentParser
import ControlAPI
import Glibc
import JSONRPC
import RoomServer

/// `zegoctl cert`
struct CertificateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cert", abstract: "The certificate of the room server.",
        subcommands: [CertificateCreateCommand.self])
}

/// `zegoctl cert create`
struct CertificateCreateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Makes a self-signed certificate that clients can pin.",
        discussion: """
            Writes certificate.pem and key.pem (the key for the daemon's user alone) and prints the lines that the \
            configurations of the server and of its clients need. Run it on the server's machine, as root for the \
            system's daemon.
            """)

    @ParentCommand var root: ZegoctlCommand
    @OptionGroup var connection: ConnectionOptions

    @Option(
        help: ArgumentHelp(
            "A name or address by which clients reach the server; give it several times for several. Absent: the host "
                + "name, localhost and all addresses of this machine.", valueName: "name|ip"))
    var host: [String] = []

    @Option(help: "How many days it is valid.")
    var days = 3650

    @Option(help: "Where the files go; absent: tls beside the daemon's configuration.")
    var directory: String?

    @Flag(help: "Replace files that are there.")
    var force = false

    func validate() throws {
        guard (1...36_500).contains(days) else { throw ValidationError("--days is a number from 1 to 36500") }
    }

    func run() throws {
        let options = connection.or(root.connection)
        try Caller.reporting { () throws(CommandFailure) in
            let made: NewCertificate
            do {
                made = try NewCertificate.make(
                    hosts: host, days: days, directory: try Self.place(directory), replaces: force)
            } catch {
                throw CommandFailure(status: .callFailed, "\(error)")
            }
            Caller.print(options.json ? JSONValue.object(Self.json(made)).description : Self.text(made))
        }
    }

    /// The directory, absolute: the daemon starts somewhere else.
    private static func place(_ directory: String?) throws(ConfigurationError) -> String {
        if let directory {
            guard !directory.hasPrefix("/"), let here = getcwd(nil, 0) else { return directory }
            defer { free(here) }
            return "\(String(cString: here))/\(directory)"
        }
        let places = try DaemonDirectories(
            name: "zegod", runtime: "", state: "", isUser: geteuid() != 0, environment: ProcessEnvironment.value)
        let folder = places.configuration.split(separator: "/").dropLast().joined(separator: "/")
        return "/\(folder)/tls"
    }

    private static func json(_ made: NewCertificate) -> JSONObject {
        [
            "certificate": .string(made.files.certificate), "key": .string(made.files.key),
            "sha256": .string(made.pin),
            "names": .array(made.names.map { .string($0) }),
            "validUntil": .string(made.validUntil),
        ]
    }

    private static func text(_ made: NewCertificate) -> String {
        let host = made.names.first { !["localhost", "127.0.0.1", "::1"].contains($0) } ?? made.names.first
        let place = host.map { $0.contains(":") ? "[\($0)]" : $0 } ?? "localhost"
        return """
            A certificate for \(made.names.joined(separator: ", ")), valid until \(made.validUntil).
            SHA-256: \(made.pin)

            For the server, in zegod.toml or zego-roomd.toml, and then a restart (sudo systemctl restart zegod):

            [server]
            listen = "0.0.0.0"
            tls_certificate = "\(made.files.certificate)"
            tls_key = "\(made.files.key)"

            For each engine that joins, in its zegod.toml:

            [engine]
            server = "wss://\(place):8790"
            tls_pin = "\(made.pin)"
            """
    }
}
