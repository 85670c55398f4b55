/// A TLS server (OpenSSL's own) with a certificate that has expired; the product's would not start with it.
final class ExpiredServer {
    let certificate: String
    let port: Int
    private let process: ChildProcess

    init(host: String, directory: TemporaryDirectory) throws {
        certificate = directory.file("expired.pem")
        let (key, output) = (directory.file("expired.key"), directory.file("expired.log"))
        try Command.demand([Programs.python, "\(Programs.tools)/expired_certificate.py", host, certificate, key])
        // It takes any free port and says which.
        let started = try ChildProcess(
            ["openssl", "s_server", "-accept", "0.0.0.0:0", "-cert", certificate, "-key", key, "-www"], output: output)
        process = started
        port = try waitUntil(upTo: 10, for: "openssl s_server", instead: { started.output }) {
            started.output.split(separator: "\n").first { $0.hasPrefix("ACCEPT ") }?
                .split(separator: ":").last.flatMap { Int($0.prefix { $0.isNumber }) }
        }
    }

    deinit { process.stop(within: 1) }
}
