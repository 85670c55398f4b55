extension AudioConfiguration {
    /// Throws at the first value that is out of its range.
    package func check() throws(AudioError) {
        _ = try AudioDeviceName(input, for: .input)
        _ = try AudioDeviceName(output, for: .output)
        try Self.check("period_ms", periodMilliseconds, in: 2...40)
        try Self.check("realtime_priority", realtimePriority, in: 0...99)
        try Self.check("input channels", inputChannels, in: 1...2)
        try Self.check("output channels", outputChannels, in: 1...2)
        if let complexity { try Self.check("complexity", complexity, in: 0...10) }
    }

    private static func check(_ name: String, _ value: Int, in range: ClosedRange<Int>) throws(AudioError) {
        guard range.contains(value) else {
            throw .invalidParameter(
                name: name, detail: "\(value) is not within \(range.lowerBound)…\(range.upperBound)")
        }
    }
}
