import FoundationEssentials

/// Debian's coturn with a shared secret, over UDP, TCP and TLS, and an authority for its certificate.
final class TURNDaemon {
    static let secret = "north-south-east-west"
    private let directory: TemporaryDirectory
    private let process: ChildProcess
    let address: String
    let port = 3478
    let tlsPort = 5349

    init(address: String) throws {
        self.address = address
        directory = try TemporaryDirectory()
        try Self.makeCertificate(for: address, in: directory)
        process = try ChildProcess(
            [
                "turnserver", "-n", "--listening-ip=\(address)", "--relay-ip=\(address)", "--listening-port=\(port)",
                "--tls-listening-port=\(tlsPort)", "--use-auth-secret", "--static-auth-secret=\(Self.secret)",
                "--realm=zego.example", "--cert=\(directory.file("turn.pem"))", "--pkey=\(directory.file("turn.key"))",
                "--no-cli", "--no-dtls", "--log-file=stdout", "--simple-log", "--verbose",
                "--pidfile=\(directory.file("pid"))", "--userdb=\(directory.file("db"))",
            ], output: directory.file("log"))
        let process = process
        try waitUntil(upTo: 20, for: "coturn to listen", instead: { process.output }) {
            guard process.isRunning else { throw WaitedInVain(description: "coturn ended: \(process.output)") }
            let sockets = try Command.demand(["ss", "-Hltn", "src", "\(address):\(tlsPort)"])
            return sockets.isEmpty ? nil : true
        }
    }

    deinit { process.stop() }

    /// The certificate of the authority that has issued coturn's.
    var authority: String { directory.file("ca.pem") }

    /// What it has said so far.
    var log: String { process.output }

    /// Lines of the `[server]` section that hand it out.
    func serverKeys(_ urls: [String]) -> String {
        "turn_servers = [\(urls.map { "\"\($0)\"" }.joined(separator: ", "))]\nturn_secret = \"\(Self.secret)\"\n"
    }

    private static func makeCertificate(for address: String, in directory: TemporaryDirectory) throws {
        func openssl(_ arguments: String) throws {
            try Command.demand(["openssl"] + arguments.split(separator: " ").map(String.init))
        }
        let (ca, key) = (directory.file("ca.pem"), directory.file("ca.key"))
        try openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=authority -keyout \(key) -out \(ca)"
        )
        try openssl(
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=turn -keyout \(directory.file("turn.key")) -out \(directory.file("turn.csr"))"
        )
        try Files.write("subjectAltName=IP:\(address)\n", to: directory.file("extensions"))
        try openssl(
            "x509 -req -in \(directory.file("turn.csr")) -CA \(ca) -CAkey \(key) -CAcreateserial -days 2 -extfile \(directory.file("extensions")) -out \(directory.file("turn.pem"))"
        )
        // coturn may give up root's rights.
        try Command.demand(["chmod", "-R", "a+rX", directory.path])
    }
}

extension Machine {
    static let runsTURN = can("run a TURN server (package coturn)") {
        try Command.run(["turnserver", "--version"]).status == 0 && Files.exists("/usr/bin/ss")
    }
}
