/// Who is connected: how many in all, and how many from an address that have not logged in.
struct ConnectionCensus {
    private var total = 0
    private var strangers: [String: Int] = [:]

    /// Counts a new connection, or says that there are too many.
    mutating func admit(_ address: String, _ limits: ConnectionLimits) -> Bool {
        guard total < limits.connections, strangers[address, default: 0] < limits.unauthenticatedPerAddress else {
            return false
        }
        total += 1
        strangers[address, default: 0] += 1
        return true
    }

    mutating func becameStranger(_ isStranger: Bool, _ address: String) {
        changeStrangers(of: address, by: isStranger ? 1 : -1)
    }

    mutating func left(_ address: String, isStranger: Bool) {
        total -= 1
        if isStranger { changeStrangers(of: address, by: -1) }
    }

    private mutating func changeStrangers(of address: String, by change: Int) {
        let count = strangers[address, default: 0] + change
        strangers[address] = count > 0 ? count : nil
    }
}
