/// Finds by how much a recording lags behind its source.
struct LagFinder {
    let source: [Float]
    let heard: [Float]
    /// Samples that are compared, and the longest lag.
    let window: Int
    let longest: Int

    /// The lag in samples at which the source from `start` on and what was heard are most alike.
    func lag(at start: Int) -> Int {
        guard start >= 0, start + window <= source.count else { return 0 }
        let last = min(longest, heard.count - start - window)
        guard last > 0 else { return 0 }
        let coarse = stride(from: 0, through: last, by: 12).max {
            likeness(start, $0, step: 16) < likeness(start, $1, step: 16)
        }
        let centre = coarse ?? 0
        return (max(centre - 12, 0)...min(centre + 12, last)).max {
            likeness(start, $0, step: 3) < likeness(start, $1, step: 3)
        } ?? centre
    }

    private func likeness(_ start: Int, _ lag: Int, step: Int) -> Float {
        source.withUnsafeBufferPointer { source in
            heard.withUnsafeBufferPointer { heard in
                var product: Float = 0
                var energy: Float = 1e-9
                for offset in stride(from: 0, to: window, by: step) {
                    let sample = heard[start + lag + offset]
                    product += source[start + offset] * sample
                    energy += sample * sample
                }
                return product / energy.squareRoot()
            }
        }
    }
}
