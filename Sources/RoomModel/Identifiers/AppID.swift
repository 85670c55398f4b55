/// The number of an application: 1 to 4294967295.
package struct AppID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt32

    /// Throws 1001000 when the number is 0 or does not fit into 32 bits.
    package init(_ number: some BinaryInteger) throws(ZegoError) {
        guard let value = UInt32(exactly: number), value != 0 else {
            throw ZegoError(.appIDZero, detail: "an AppID is a number from 1 to 4294967295")
        }
        rawValue = value
    }

    package static func < (left: AppID, right: AppID) -> Bool { left.rawValue < right.rawValue }

    package var description: String { String(rawValue) }
}
