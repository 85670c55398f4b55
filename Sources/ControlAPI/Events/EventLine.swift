/// How an event is put on a line.
package enum EventLineStyle: Sendable {
    /// The bare event object: `events.sock`.
    case object
    /// A JSON-RPC notification named `event` whose `params` are the object with `n`: a subscription of `control.sock`.
    case notification
}

extension EventRecord {
    /// The line, with its LF.
    ///
    /// - Parameter n: the line's number in its subscription; only notifications carry it.
    func line(_ style: EventLineStyle, n: UInt64) -> [UInt8] {
        switch style {
        case .object: return openText + Array("}\n".utf8)
        case .notification:
            var line = Array(#"{"jsonrpc":"2.0","method":"event","params":"#.utf8)
            line.reserveCapacity(line.count + openText.count + 32)
            line += openText
            line += Array(",\"n\":\(n)}}\n".utf8)
            return line
        }
    }
}
