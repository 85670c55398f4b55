extension PublisherAudio {
    /// Throws at the first value that is out of its range.
    package func check() throws(AudioError) {
        guard (6000...510_000).contains(bitrate) else {
            throw .invalidParameter(name: "bitrate", detail: "\(bitrate) is not within 6000…510000 bits per second")
        }
        guard channels == 1 || channels == 2 else {
            throw .invalidParameter(name: "channels", detail: "\(channels) is neither 1 nor 2")
        }
        guard [5, 10, 20, 40, 60].contains(frameMilliseconds) else {
            throw .invalidParameter(name: "frameMs", detail: "\(frameMilliseconds) is none of 5, 10, 20, 40, 60")
        }
        if case .tone(let hertz) = source, !(20...20_000).contains(hertz) {
            throw .invalidParameter(name: "tone", detail: "\(hertz) is not within 20…20000 Hz")
        }
    }
}

extension PlayerAudio {
    /// Throws at the first value that is out of its range.
    package func check() throws(AudioError) {
        guard bufferRange.lowerBound >= 0, bufferRange.upperBound <= AudioLimits.maximumBufferMilliseconds else {
            throw .invalidParameter(
                name: "bufferRange",
                detail: "\(bufferRange) is not within 0…\(AudioLimits.maximumBufferMilliseconds) ms")
        }
        guard (0...AudioLimits.maximumVolume).contains(volume) else {
            throw .invalidParameter(name: "volume", detail: "\(volume) is not within 0…\(AudioLimits.maximumVolume)")
        }
    }
}
