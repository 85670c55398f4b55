/// The samples of a Prometheus text by their names, those with labels left out.
enum Metrics {
    static func samples(of text: String) -> [String: Double] {
        var samples: [String: Double] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let words = line.split(separator: " ")
            if words.count == 2 { samples[String(words[0])] = Double(words[1]) }
        }
        return samples
    }
}

extension Daemon {
    /// What the embedded room server tells at `/metrics`.
    func roomMetrics() throws -> [String: Double] {
        // Not by socat, which ends its side at once: the server then takes the client for gone before it has counted.
        let url = "http://127.0.0.1:\(try serverPort())/metrics"
        let script = "import urllib.request as u; print(u.urlopen('\(url)').read().decode())"
        return Metrics.samples(of: try Command.demand([Programs.python, "-c", script]))
    }

    /// What the daemon itself counts.
    func metrics() throws -> [String: Double] {
        Metrics.samples(of: try control().call("metrics")["text"].string ?? "")
    }
}
