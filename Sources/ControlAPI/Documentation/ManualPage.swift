/// A manual page as it is written, in man(7)'s language.
package struct ManualPage: Sendable {
    private var lines: [String] = []

    /// - Parameters:
    ///   - name: of the page, such as `zegod-rpc`.
    ///   - section: of the manual, such as `7`.
    ///   - summary: what it is about, in a few words.
    package init(name: String, section: Int, version: String, summary: String) {
        lines.append(".TH \(name.uppercased()) \(section) \"\" \"zegod \(version)\" \"zegod\"")
        // Some of the SDK's names are longer than half a line: nothing is spread to both margins.
        lines.append(".ad l")
        heading("NAME")
        lines.append("\(Self.escape(name)) \\- \(Self.escape(summary))")
    }

    /// The page.
    package var text: String { lines.joined(separator: "\n") + "\n" }

    /// A section of the page.
    package mutating func heading(_ text: String) { lines.append(".SH \"\(Self.escape(text))\"") }

    /// A part of a section.
    package mutating func subheading(_ text: String) { lines.append(".SS \"\(Self.escape(text))\"") }

    /// A paragraph.
    package mutating func paragraph(_ text: String) {
        lines.append(".PP")
        lines.append(Self.line(text))
    }

    /// Something and what there is to say of it.
    package mutating func item(_ term: String, _ text: String) {
        lines.append(".TP")
        lines.append(".B \(Self.escape(term))")
        lines.append(Self.line(text.isEmpty ? "\u{2014}" : text))
    }

    /// Lines that stand as they are.
    package mutating func example(_ text: String) {
        lines.append(".PP")
        lines.append(".nf")
        lines.append(".RS 4")
        lines += text.split(separator: "\n", omittingEmptySubsequences: false).map { Self.line(String($0)) }
        lines.append(".RE")
        lines.append(".fi")
    }

    /// Text that begins a line: a full stop or an apostrophe there would be a request.
    private static func line(_ text: String) -> String {
        let escaped = escape(text)
        return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
    }

    /// Backslashes, hyphens that are to be copied, and letters that older formatters do not know.
    private static func escape(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "\"": result += "\\(dq"
            case "\u{2026}": result += "..."
            case "\u{2013}", "\u{2014}": result += "\\(em"
            case "\n": result += " "
            default: result.append(character)
            }
        }
        return result
    }
}
