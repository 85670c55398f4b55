/// Finds the name that was probably meant.
enum Suggestion {
    /// The candidate nearest to `name` by edit distance without regard to case; nil when none is near.
    static func nearest(to name: String, among candidates: [String]) -> String? {
        // Longer names allow more slips; a third of the letters is where it becomes guessing.
        let limit = max(2, name.count / 3)
        guard name.utf8.count <= 100 else { return nil }
        let nearest = candidates.map { ($0, distance(Array(name.lowercased().utf8), Array($0.lowercased().utf8))) }
            .min { $0.1 < $1.1 }
        guard let nearest, nearest.1 <= limit else {
            return candidates.first { $0.lowercased().hasPrefix(name.lowercased()) && name.count >= 3 }
        }
        return nearest.0
    }

    /// Levenshtein's distance with transposition of neighbours counted once.
    private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...other.count)
        for i in 1..<(one.count + 1) {
            var row = [i]
            for j in 1..<(other.count + 1) {
                var best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1))
                if i > 1, j > 1, one[i - 1] == other[j - 2], one[i - 2] == other[j - 1] {
                    best = min(best, beforeLast[j - 2] + 1)
                }
                row.append(best)
            }
            beforeLast = last
            last = row
        }
        return last[other.count]
    }
}
