import VoiceAudio

/// Score against delay, a panel for each line, with curves of equal rating behind.
struct FrontierPlot {
    let points: [FrontierPoint]

    private static let columns = 3
    private static let ratings: [Double] = [50, 60, 70, 80, 90]

    var svg: [UInt8] {
        let lines = QualityLine.all.filter { line in points.contains { $0.line.name == line.name } }
        let longest = (((points.map(\.delay).max() ?? 0) / 100).rounded(.up)) * 100
        var parts: [String] = []
        for (index, line) in lines.enumerated() {
            let panel = PlotPanel(
                title: line.title, left: 30 + 240 * Double(index % Self.columns),
                top: 40 + 240 * Double(index / Self.columns), width: 200, height: 170,
                across: PlotPanel.Axis(range: 0...max(longest, 100), step: 100),
                up: PlotPanel.Axis(range: 1...5, step: 1))
            parts += panel.frame + equalRatings(panel)
            for receiver in FrontierPoint.Receiver.allCases {
                parts += curve(of: receiver, points.filter { $0.line.name == line.name }, panel)
            }
        }
        let bottom = 240 * Double((lines.count + Self.columns - 1) / Self.columns) + 25
        parts += legend(top: bottom)
        return SVG.document(width: 740, height: Int(bottom) + 35, parts)
    }

    private static func style(_ receiver: FrontierPoint.Receiver) -> String { receiver == .zegod ? "u" : "b" }

    /// The settings' points in the order of their delay, with the lower bounds; around that of the adaptive buffer a ring.
    private func curve(of receiver: FrontierPoint.Receiver, _ points: [FrontierPoint], _ panel: PlotPanel) -> [String] {
        let own = points.filter { $0.receiver == receiver }
        let set = own.filter { $0.setting != nil }.sorted { $0.delay < $1.delay }
        let style = Self.style(receiver)
        var parts = set.isEmpty ? [] : [panel.curve(style, set.map { ($0.delay, $0.mean) })]
        for point in own {
            parts.append(panel.mark(style, point.delay, point.mean, radius: 2))
            parts.append(panel.bar(style, point.delay, from: point.mean, to: point.lowerBound))
            if point.setting == nil { parts.append(panel.mark("\(style) ring", point.delay, point.mean, radius: 5.5)) }
        }
        return parts
    }

    /// On each of these the rating is the same: more delay needs a better score.
    private func equalRatings(_ panel: PlotPanel) -> [String] {
        let longest = panel.across.range.upperBound
        return Self.ratings.flatMap { rating -> [String] in
            let delays = Array(stride(from: 0, through: longest, by: 10))
            // Above the model's best there is nothing.
            let curve = delays.map { ($0, rating + EModel.delayImpairment($0)) }.filter { $0.1 <= EModel.basicRating }
                .map { (x: $0.0, y: EModel.meanOpinionScore(rating: $0.1)) }
            let label = panel.place(0, EModel.meanOpinionScore(rating: rating))
            return [
                panel.curve("r", curve), SVG.text("R \(Int(rating))", label.x + 2, label.y - 2, style: "small"),
            ]
        }
    }

    private func legend(top: Double) -> [String] {
        var parts = [
            SVG.text("across: mouth to ear without sound cards, ms; up: PESQ-WB; dotted: the same rating R", 30, top)
        ]
        var x = 30.0
        let entries = [
            ("zegod, buffer of fixed length", "zegod, adaptive"),
            ("Chromium, buffer of a least length", "Chromium, adaptive"),
        ]
        for (receiver, (set, adaptive)) in zip(FrontierPoint.Receiver.allCases, entries)
        where points.contains(where: { $0.receiver == receiver }) {
            let style = Self.style(receiver)
            parts.append(SVG.line(style, from: (x, top + 16), to: (x + 16, top + 16)))
            parts.append(SVG.circle(style, x + 8, top + 16, radius: 2))
            parts.append(SVG.text(set, x + 21, top + 20))
            x += 27 + 5.4 * Double(set.count)
            parts.append(SVG.circle(style, x + 8, top + 16, radius: 2))
            parts.append(SVG.circle("\(style) ring", x + 8, top + 16, radius: 5.5))
            parts.append(SVG.text(adaptive, x + 18, top + 20))
            x += 35 + 5.4 * Double(adaptive.count)
        }
        return parts
    }
}
