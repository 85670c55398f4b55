/// What the plots are drawn with: readable on light and on dark pages.
enum SVG {
    /// Two kinds of things are told apart by colour: the classes `u` (blue) and `b` (orange).
    static func document(width: Int, height: Int, _ parts: [String]) -> [UInt8] {
        let head = """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" font-family="sans-serif" font-size="11">
            <style>
            text { fill: #444 } line { stroke: #999; stroke-opacity: .35 } polyline { fill: none; stroke-width: 2 }
            .u { stroke: #1769c2; fill: #1769c2 } .b { stroke: #c2550a; fill: #c2550a } line.u, line.b { stroke-opacity: 1 }
            .r { stroke: #999; stroke-width: 1; stroke-dasharray: 2 3 } .small { font-size: 9px; fill: #888 }
            @media (prefers-color-scheme: dark) {
            text { fill: #ccc } .u { stroke: #6cb2ff; fill: #6cb2ff } .b { stroke: #ff9d5c; fill: #ff9d5c }
            }
            polyline.u, polyline.b, circle.ring { fill: none } circle.ring { stroke-width: 2 }
            </style>
            """
        return Array(([head] + parts).joined(separator: "\n").utf8) + Array("\n</svg>\n".utf8)
    }

    static func text(
        _ text: String, _ x: Double, _ y: Double, anchor: String = "start", style: String? = nil
    ) -> String {
        let style = style.map { " class=\"\($0)\"" } ?? ""
        return "<text\(style) x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\">\(text)</text>"
    }

    static func circle(_ style: String, _ x: Double, _ y: Double, radius: Double) -> String {
        "<circle class=\"\(style)\" cx=\"\(number(x))\" cy=\"\(number(y))\" r=\"\(number(radius))\"/>"
    }

    static func line(_ style: String?, from: (x: Double, y: Double), to: (x: Double, y: Double)) -> String {
        let style = style.map { " class=\"\($0)\"" } ?? ""
        return "<line\(style) x1=\"\(number(from.x))\" x2=\"\(number(to.x))\" y1=\"\(number(from.y))\" "
            + "y2=\"\(number(to.y))\"/>"
    }

    static func polyline(_ style: String, _ points: [(x: Double, y: Double)]) -> String {
        let points = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
        return "<polyline class=\"\(style)\" points=\"\(points)\"/>"
    }

    private static func number(_ value: Double) -> String { Figures.decimal(value) }
}
