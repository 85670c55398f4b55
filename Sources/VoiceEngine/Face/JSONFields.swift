import JSONRPC

extension JSONValue {
    /// A number kept to `digits` decimals, so that figures in events stay short (34.2, not 34.199999999999996).
    static func rounded(_ value: Double, _ digits: Int) -> JSONValue {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = (value * scale).rounded() / scale
        return .number(scaled.isFinite ? scaled : 0)
    }
}

extension JSONObject {
    /// This object with one member before all others.
    func prefixed(_ key: String, _ value: JSONValue) -> JSONObject {
        var object: JSONObject = [key: value]
        for (name, member) in self { object[name] = member }
        return object
    }
}
