import Glibc

/// Whole files.
enum TextFile {
    static func write(_ text: String, to path: String) -> Bool {
        write(Array(text.utf8), to: path)
    }

    static func write(_ bytes: [UInt8], to path: String) -> Bool {
        guard let file = fopen(path, "w") else { return false }
        defer { fclose(file) }
        return bytes.withUnsafeBytes { fwrite($0.baseAddress ?? UnsafeRawPointer(file), 1, $0.count, file) == $0.count }
    }

    static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    /// Raw samples of 16 bit.
    static func writeSamples(_ samples: [Float], to path: String) -> Bool {
        let bytes = samples.flatMap { sample -> [UInt8] in
            let value = UInt16(bitPattern: Int16(sample * 32_000))
            return [UInt8(value & 255), UInt8(value >> 8)]
        }
        return write(bytes, to: path)
    }

    static func readSamples(_ path: String) -> [Float] {
        let bytes = read(path) ?? []
        return (0..<bytes.count / 2).map { index in
            Float(Int16(bitPattern: UInt16(bytes[2 * index]) | UInt16(bytes[2 * index + 1]) << 8)) / 32_000
        }
    }
}
