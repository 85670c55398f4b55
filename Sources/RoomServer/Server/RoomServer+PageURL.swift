import Certificates
import Glibc
import Transport

extension RoomServer {
    /// Where a browser finds the server, such as `http://127.0.0.1:8790/`: at the first advertised address, else at the
    /// one that it listens on, else (when that is all addresses) at the name of the machine. With a certificate it is
    /// https, at the first of these that the certificate is for, or else at a name of the certificate (on loopback:
    /// `localhost`, or http where the certificate is for other names only). Nil unless the server runs.
    package var pageURL: String? {
        guard let port = boundPort else { return nil }
        var places: [(host: String, port: UInt16)] = []
        if let address = configuration.advertise.first.flatMap(Self.address) {
            places.append((address.host, address.port == 0 ? port : address.port))
        }
        if let address = TransportAddress(host: configuration.listen, port: 0), !address.isUnspecified {
            places.append((address.host, port))
        }
        if let name = Self.machineName { places.append((name, port)) }
        guard let first = places.first else { return nil }
        guard let certificate else { return Self.url("http", first.host, first.port) }
        if let place = places.first(where: { certificate.isFor($0.host) }) {
            return Self.url("https", place.host, place.port)
        }
        if TransportAddress(host: first.host, port: 0)?.isLoopback == true {
            // Nobody else comes here, and needs no certificate to come.
            return certificate.isFor("localhost")
                ? Self.url("https", "localhost", port) : Self.url("http", first.host, first.port)
        }
        // Names before addresses, which change sooner.
        let hosts = certificate.hosts.filter { $0 != "localhost" }
        let name = hosts.first { TransportAddress(host: $0, port: 0) == nil } ?? hosts.first
        return Self.url("https", name ?? first.host, name == nil ? first.port : port)
    }

    private static func url(_ scheme: String, _ host: String, _ port: UInt16) -> String {
        "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)/"
    }

    private static var machineName: String? {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0, name[0] != 0 else { return nil }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
