/// A field `If-Match` (RFC 9110, section 13.1.1).
enum EntityTagCondition: Hashable {
    /// `*`, and `"*"` too, as the example of RFC 9725 prints it: an ICE restart.
    case any
    /// The strong entity tags, with their quotation marks. Weak ones never match and are left out.
    case tags([String])

    /// Reads the values of all such fields of a request; nil when there are none.
    init?(fields: [String]) {
        guard !fields.isEmpty else { return nil }
        var tags: [String] = []
        for field in fields {
            var rest = field[...]
            while let next = rest.firstIndex(where: { !" \t,".contains($0) }) {
                rest = rest[next...]
                // A tag may hold a comma, but no quotation mark.
                if rest.hasPrefix("\""), let end = rest.dropFirst().firstIndex(of: "\"") {
                    tags.append(String(rest[...end]))
                    rest = rest[rest.index(after: end)...]
                } else if rest.hasPrefix("W/\""), let end = rest.dropFirst(3).firstIndex(of: "\"") {
                    rest = rest[rest.index(after: end)...]
                } else {
                    let end = rest.firstIndex { " \t,".contains($0) } ?? rest.endIndex
                    if rest[..<end] == "*" { tags.append("*") }
                    rest = rest[end...]
                }
            }
        }
        self = tags.contains("*") || tags.contains("\"*\"") ? .any : .tags(tags)
    }

    func matches(_ tag: String) -> Bool {
        switch self {
        case .any: true
        case .tags(let tags): tags.contains(tag)
        }
    }
}
