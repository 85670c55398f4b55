/// Says whether what came out is what went in: the recording is cut into pieces of 100 ms, and each that has sound in it
/// must be found, in order, near where it belongs.
struct Judge {
    private static let piece = 4800
    /// Of the normalised correlation.
    private static let likeness: Float = 0.75

    let source: [Float]
    /// How far a piece may lie from where the one before lay: what a jitter buffer shortens or lengthens. After pieces
    /// that were not found, more: a busy machine may have held up everything for a moment.
    private static let slack = 1440
    private static let widestSlack = 9600

    /// The share of the source's sounding pieces that are in `output` at about the common delay, and that delay in samples.
    func verdict(on output: [Float], maximumDelay: Int) -> (share: Double, delay: Int) {
        let pieces = stride(from: 0, to: source.count - Judge.piece, by: Judge.piece).filter {
            energy(source, $0) > 1e-4
        }
        guard let first = pieces.first else { return (0, 0) }
        var found = 0
        var delay = best(first, output, around: maximumDelay / 2, within: maximumDelay / 2).delay
        var slack = Judge.slack
        for start in pieces where start + Judge.piece + delay + slack < output.count {
            let match = best(start, output, around: delay, within: slack)
            if match.likeness > Judge.likeness {
                found += 1
                delay = match.delay
                slack = Judge.slack
            } else {
                slack = min(slack * 2, Judge.widestSlack)
            }
        }
        let judged = pieces.count { $0 + Judge.piece + delay + Judge.slack < output.count }
        return (judged == 0 ? 0 : Double(found) / Double(pieces.count), delay)
    }

    private func best(_ start: Int, _ output: [Float], around: Int, within: Int) -> (likeness: Float, delay: Int) {
        var best: (likeness: Float, delay: Int) = (-1, around)
        let coarse = stride(from: max(around - within, 0), through: around + within, by: 6)
        for delay in coarse { improve(&best, likeness(start, output, delay), delay) }
        for delay in max(best.delay - 6, 0)...best.delay + 6 { improve(&best, likeness(start, output, delay), delay) }
        return best
    }

    private func improve(_ best: inout (likeness: Float, delay: Int), _ likeness: Float, _ delay: Int) {
        if likeness > best.likeness { best = (likeness, delay) }
    }

    /// Normalised correlation of a piece with the output `delay` later.
    private func likeness(_ start: Int, _ output: [Float], _ delay: Int) -> Float {
        guard start + delay + Judge.piece <= output.count else { return -1 }
        return source.withUnsafeBufferPointer { source in
            output.withUnsafeBufferPointer { output in
                var product: Float = 0
                var energy: Float = 1e-9
                var sourceEnergy: Float = 1e-9
                var index = 0
                while index < Judge.piece {
                    let a = source[start + index]
                    let b = output[start + delay + index]
                    product += a * b
                    energy += b * b
                    sourceEnergy += a * a
                    index += 2
                }
                return product / (energy * sourceEnergy).squareRoot()
            }
        }
    }

    private func energy(_ samples: [Float], _ start: Int) -> Float {
        samples[start..<start + Judge.piece].reduce(0) { $0 + $1 * $1 } / Float(Judge.piece)
    }
}
