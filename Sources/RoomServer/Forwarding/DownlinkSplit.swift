import RTP

/// How what the way to a listener takes is divided among the streams that it plays: each gets what it cannot be brought
/// below, and of the rest as its part of what all want beyond that. Streams that are silent take nothing, and have what
/// they would get if they began. A plain value, gathered anew for each feedback.
package struct DownlinkSplit {
    /// Bits per second that all would have if they could: the silent too, because their pauses are no reason to take a limit
    /// for over.
    package private(set) var demand = 0
    private var active = Part()
    private var largest = Part()

    private struct Part {
        var demand = 0
        var least = 0
        var bottom = 0

        init() {}

        init(_ stream: DownlinkShare.Stream, _ level: RedundancyLevel) {
            demand = stream.demand(level: level)
            least = min(stream.least, demand)
            bottom = min(stream.bottom, demand)
        }

        static func += (sum: inout Part, part: Part) {
            sum.demand += part.demand
            sum.least += part.least
            sum.bottom += part.bottom
        }
    }

    package init() {}

    /// Takes a stream whose copies are to be of a level.
    package mutating func add(_ stream: DownlinkShare.Stream, level: RedundancyLevel) {
        let part = Part(stream, level)
        demand += part.demand
        largest.least = max(largest.least, part.least)
        largest.bottom = max(largest.bottom, part.bottom)
        if stream.isActive { active += part }
    }

    /// Bits per second that the streams which speak cannot be brought below; any of them may begin to.
    package var least: Int { max(active.least, largest.least) }
    /// … when packets are left out.
    package var bottom: Int { max(active.bottom, largest.bottom) }

    /// What a stream that was taken gets of a limit, bits per second.
    package func budget(of stream: DownlinkShare.Stream, level: RedundancyLevel, limit: Double) -> Int {
        let part = Part(stream, level)
        var all = active
        if !stream.isActive { all += part }
        let (spare, wanted) = (limit - Double(all.least), all.demand - all.least)
        guard spare > 0, wanted > 0 else { return Int(limit * Double(part.least) / Double(max(all.least, 1))) }
        return part.least + Int(spare * Double(part.demand - part.least) / Double(wanted))
    }
}
