/// Score and delay against loss.
struct QualityPlot {
    let results: [QualityResult]

    private var kinds: [(style: String, title: String, results: [QualityResult])] {
        [("u", "each packet by itself", 1), ("b", "in runs of 3", 3)].map { style, title, burst in
            (style, title, results.filter { $0.line.trace == nil && ($0.line.loss == 0 || $0.line.burst == burst) })
        }
    }

    var svg: [UInt8] {
        let longest = results.map(\.delay).max() ?? 0
        let loss = PlotPanel.Axis(range: 0...40, step: 10)
        let score = PlotPanel(
            title: "PESQ-WB, mean and lower 95 % bound", left: 50, top: 40, width: 290, height: 180, across: loss,
            up: PlotPanel.Axis(range: 1...5, step: 1))
        let delay = PlotPanel(
            title: "mouth to ear without sound cards, ms", left: 420, top: 40, width: 290, height: 180, across: loss,
            up: PlotPanel.Axis(range: 0...max((longest / 100).rounded(.up), 1) * 100, step: 50))
        var parts = score.frame + delay.frame
        for kind in kinds {
            let losses = kind.results.map { Double($0.line.loss) }
            parts.append(score.curve(kind.style, zip(losses, kind.results).map { ($0, $1.mean) }))
            parts.append(delay.curve(kind.style, zip(losses, kind.results).map { ($0, $1.delay) }))
            for (loss, result) in zip(losses, kind.results) {
                parts.append(score.mark(kind.style, loss, result.mean))
                parts.append(delay.mark(kind.style, loss, result.delay))
                parts.append(score.bar(kind.style, loss, from: result.mean, to: result.lowerBound))
            }
        }
        for (index, kind) in kinds.enumerated() {
            let x = 230 + Double(index) * 170
            parts.append(SVG.circle(kind.style, x, 271, radius: 3))
            parts.append(SVG.text(kind.title, x + 9, 275))
        }
        parts.append(SVG.text("lost packets, %:", 130, 275))
        return SVG.document(width: 740, height: 285, parts)
    }
}
