/// Numbers for people, without Foundation.
enum Figures {
    /// With two decimals.
    static func decimal(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let fraction = abs(hundredths % 100)
        return "\(hundredths < 0 ? "-" : "")\(abs(hundredths) / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }

    static func whole(_ value: Double) -> String {
        String(Int(value.rounded()))
    }
}
