import Glibc
import VoiceAudio

/// Score and delay against loss as an SVG that is readable on light and on dark pages.
struct QualityPlot {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Where a panel stands and what its axes mean.
    private struct Panel {
        var left: Double
        var title: String
        var range: ClosedRange<Double>
        var step: Double

        static let width = 290.0
        static let top = 40.0
        static let height = 180.0

        func x(_ loss: Int) -> Double { left + Double(loss) / 40 * Panel.width }
        func y(_ value: Double) -> Double {
            let part = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
            return Panel.top + Panel.height * (1 - min(max(part, 0), 1))
        }
    }

    let results: [QualityResult]

    private var kinds: [(style: String, title: String, results: [QualityResult])] {
        [("u", "each packet by itself", 1), ("b", "in runs of 3", 3)].map { style, title, burst in
            (style, title, results.filter { $0.line.trace == nil && ($0.line.loss == 0 || $0.line.burst == burst) })
        }
    }

    func write(to path: String) throws {
        guard let file = fopen(path, "w") else {
            throw Failure(description: "\(path): \(String(cString: strerror(errno)))")
        }
        let bytes = Array(svg.utf8)
        let written = fwrite(bytes, 1, bytes.count, file)
        guard fclose(file) == 0, written == bytes.count else {
            throw Failure(description: "\(path) could not be written")
        }
    }

    var svg: String {
        let longest = results.map(\.delay).max() ?? 0
        let score = Panel(left: 50, title: "PESQ-WB, mean and lower 95 % bound", range: 1...5, step: 1)
        let delay = Panel(
            left: 420, title: "mouth to ear without sound cards, ms",
            range: 0...max((longest / 100).rounded(.up), 1) * 100,
            step: 50)
        var parts = [
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 740 285" font-family="sans-serif" font-size="11">
            <style>
            text { fill: #444 } line { stroke: #999; stroke-opacity: .35 } polyline { fill: none; stroke-width: 2 }
            .u { stroke: #1769c2; fill: #1769c2 } .b { stroke: #c2550a; fill: #c2550a } line.u, line.b { stroke-opacity: 1 }
            @media (prefers-color-scheme: dark) {
            text { fill: #ccc } .u { stroke: #6cb2ff; fill: #6cb2ff } .b { stroke: #ff9d5c; fill: #ff9d5c }
            }
            polyline.u, polyline.b { fill: none }
            </style>
            """
        ]
        for panel in [score, delay] { parts += frame(panel) }
        for kind in kinds {
            parts.append(curve(kind.results, kind.style, score) { $0.mean })
            parts.append(curve(kind.results, kind.style, delay) { $0.delay })
            for result in kind.results {
                parts.append(mark(result, kind.style, score, result.mean))
                parts.append(mark(result, kind.style, delay, result.delay))
                let x = Self.number(score.x(result.line.loss))
                parts.append(
                    "<line class=\"\(kind.style)\" x1=\"\(x)\" x2=\"\(x)\" y1=\"\(Self.number(score.y(result.mean)))\" "
                        + "y2=\"\(Self.number(score.y(result.lowerBound)))\"/>")
            }
        }
        for (index, kind) in kinds.enumerated() {
            let x = 230 + Double(index) * 170
            parts.append("<circle class=\"\(kind.style)\" cx=\"\(Self.number(x))\" cy=\"271\" r=\"3\"/>")
            parts.append(text(kind.title, x + 9, 275))
        }
        parts.append(text("lost packets, %:", 130, 275))
        return parts.joined(separator: "\n") + "\n</svg>\n"
    }

    private func frame(_ panel: Panel) -> [String] {
        var parts = [text(panel.title, panel.left, 20)]
        for value in stride(from: panel.range.lowerBound, through: panel.range.upperBound, by: panel.step) {
            let y = Self.number(panel.y(value))
            parts.append(
                "<line x1=\"\(Self.number(panel.left))\" x2=\"\(Self.number(panel.left + Panel.width))\" y1=\"\(y)\" y2=\"\(y)\"/>"
            )
            parts.append(text(Figures.whole(value), panel.left - 8, panel.y(value) + 4, anchor: "end"))
        }
        for loss in stride(from: 0, through: 40, by: 10) {
            parts.append(text("\(loss)", panel.x(loss), Panel.top + Panel.height + 18, anchor: "middle"))
        }
        return parts
    }

    private func curve(
        _ results: [QualityResult], _ style: String, _ panel: Panel, _ value: (QualityResult) -> Double
    ) -> String {
        let points = results.map { "\(Self.number(panel.x($0.line.loss))),\(Self.number(panel.y(value($0))))" }
        return "<polyline class=\"\(style)\" points=\"\(points.joined(separator: " "))\"/>"
    }

    private func mark(_ result: QualityResult, _ style: String, _ panel: Panel, _ value: Double) -> String {
        "<circle class=\"\(style)\" cx=\"\(Self.number(panel.x(result.line.loss)))\" cy=\"\(Self.number(panel.y(value)))\" r=\"2.5\"/>"
    }

    private func text(_ text: String, _ x: Double, _ y: Double, anchor: String = "start") -> String {
        "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" text-anchor=\"\(anchor)\">\(text)</text>"
    }

    private static func number(_ value: Double) -> String { Figures.decimal(value) }
}
