/// Builds lines of the Prometheus exposition format 0.0.4; names get the prefix `zego_room_`.
struct PrometheusText {
    private(set) var lines = ""

    mutating func gauge(_ name: String, _ help: String, _ value: Int) {
        header(name, help, type: "gauge")
        lines += "zego_room_\(name) \(value)\n"
    }

    mutating func counter(_ name: String, _ help: String, _ value: UInt64) {
        header(name, help, type: "counter")
        lines += "zego_room_\(name) \(value)\n"
    }

    /// One line for each value of a label; labels are numbers or fixed words, which need no escaping.
    mutating func counter(_ name: String, _ help: String, label: String, _ values: [(String, UInt64)]) {
        header(name, help, type: "counter")
        for (value, count) in values { lines += "zego_room_\(name){\(label)=\"\(value)\"} \(count)\n" }
    }

    mutating func seconds(_ name: String, _ help: String, _ nanoseconds: Int64) {
        header(name, help, type: "counter")
        lines += "zego_room_\(name) \(Double(nanoseconds) / 1e9)\n"
    }

    private mutating func header(_ name: String, _ help: String, type: String) {
        lines += "# HELP zego_room_\(name) \(help)\n# TYPE zego_room_\(name) \(type)\n"
    }
}
