import Glibc
import Transport

/// Something like a voice, made from a seed: syllables of gliding harmonics with pauses between them, no two alike.
enum Speech {
    static func samples(seconds: Double, seed: UInt64 = 1) -> [Float] {
        var random = RandomSource.seeded(seed)
        let count = Int(seconds * 48_000)
        var samples: [Float] = []
        samples.reserveCapacity(count)
        var phase = 0.0
        while samples.count < count {
            let length = Int.random(in: 4800...14_400, using: &random)
            let pause = Int.random(in: 1200...7200, using: &random)
            let startPitch = Double.random(in: 90...220, using: &random)
            let endPitch = startPitch * Double.random(in: 0.8...1.25, using: &random)
            let formant = Double.random(in: 400...1800, using: &random)
            for index in 0..<length {
                let part = Double(index) / Double(length)
                let pitch = startPitch + (endPitch - startPitch) * part
                phase += 2 * Double.pi * pitch / 48_000
                var sum = 0.0
                for harmonic in 1...12 {
                    let distance = (Double(harmonic) * pitch - formant) / 500
                    sum += sin(phase * Double(harmonic)) * (0.15 + exp(-distance * distance)) / Double(harmonic + 2)
                }
                samples.append(Float(sum * 0.35 * sin(Double.pi * part)))
            }
            samples.append(contentsOf: repeatElement(0, count: pause))
        }
        return Array(samples.prefix(count))
    }
}
