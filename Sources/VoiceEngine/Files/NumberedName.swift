/// Names of files that continue one another: `call.ogg`, `call-2.ogg`, `call-3.ogg`.
package enum NumberedName {
    /// So many are tried.
    static let last = 9999

    /// The name with a number before its suffix; the first one, `1`, is the name itself.
    package static func make(_ name: String, _ number: Int) -> String {
        guard number > 1 else { return name }
        let (stem, suffix) = parts(name)
        return "\(stem)-\(number)\(suffix)"
    }

    /// Whether a name was made of another one by a number.
    package static func isContinuation(_ name: String, of original: String) -> Bool {
        let (stem, suffix) = parts(original)
        guard name.hasPrefix("\(stem)-"), name.hasSuffix(suffix), name.utf8.count > original.utf8.count + 1 else {
            return false
        }
        let digits = name.dropFirst(stem.count + 1).dropLast(suffix.count)
        return digits.allSatisfy(\.isNumber) && (Int(digits).map { $0 > 1 && $0 <= last } ?? false)
    }

    /// The suffix begins with the last point of the last component.
    private static func parts(_ name: String) -> (stem: Substring, suffix: Substring) {
        let component = name.lastIndex(of: "/").map { name.index(after: $0) } ?? name.startIndex
        guard let point = name[component...].lastIndex(of: "."), point > component else {
            return (name[...], "")
        }
        return (name[..<point], name[point...])
    }
}
