/// One of the diagrams of an SVG: where it stands, what its axes mean, and what is drawn between them.
struct PlotPanel {
    /// What is told of an axis: its ends, and how far apart its marks are.
    struct Axis {
        var range: ClosedRange<Double>
        var step: Double

        /// Where a value is, 0…1; at the end for what is beyond it.
        func part(_ value: Double) -> Double {
            min(max((value - range.lowerBound) / (range.upperBound - range.lowerBound), 0), 1)
        }

        var marks: StrideThrough<Double> { stride(from: range.lowerBound, through: range.upperBound, by: step) }
    }

    var title: String
    var left: Double
    var top: Double
    var width: Double
    var height: Double
    var across: Axis
    var up: Axis

    /// Where it is in the picture.
    func place(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
        (left + width * across.part(x), top + height * (1 - up.part(y)))
    }

    /// The title, a line for each mark upwards, and the numbers.
    var frame: [String] {
        var parts = [SVG.text(title, left, top - 20)]
        for value in up.marks {
            let start = place(across.range.lowerBound, value)
            parts.append(SVG.line(nil, from: start, to: place(across.range.upperBound, value)))
            parts.append(SVG.text(Figures.whole(value), start.x - 8, start.y + 4, anchor: "end"))
        }
        for value in across.marks {
            let start = place(value, up.range.lowerBound)
            parts.append(SVG.text(Figures.whole(value), start.x, start.y + 18, anchor: "middle"))
        }
        return parts
    }

    func curve(_ style: String, _ points: [(x: Double, y: Double)]) -> String {
        SVG.polyline(style, points.map { place($0.x, $0.y) })
    }

    func mark(_ style: String, _ x: Double, _ y: Double, radius: Double = 2.5) -> String {
        let place = place(x, y)
        return SVG.circle(style, place.x, place.y, radius: radius)
    }

    /// Upright, at `x`.
    func bar(_ style: String, _ x: Double, from: Double, to: Double) -> String {
        SVG.line(style, from: place(x, from), to: place(x, to))
    }
}
