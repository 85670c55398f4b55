import WebRTC

/// The worker of a session, as it stands at the head of the session's ICE ufrag: two hexadecimal digits.
enum WorkerIndex {
    static let maximum = 64

    static func prefix(_ worker: Int) -> String {
        let digits = String(worker, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }

    /// Nil when the ufrag is not one that ``prefix(_:)`` began.
    static func read(_ ufrag: UfragKey) -> Int? {
        guard let high = ufrag[0].flatMap(digit), let low = ufrag[1].flatMap(digit) else { return nil }
        return high << 4 | low
    }

    private static func digit(_ character: UInt8) -> Int? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(character - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(character - UInt8(ascii: "a")) + 10
        default: nil
        }
    }
}
