import Glibc

/// Writes a WAV file of 16 bit at 48 kHz whose header is true all the time but for the last moments: the writer's
/// owner calls ``fixHeader()`` every quarter second, so that what a killed process leaves behind can be played.
package final class WAVWriter {
    private static let headerLength = 44

    package let path: String
    package let channels: Int
    private let descriptor: Int32
    private var dataLength = 0
    private var knownLength = -1

    /// Makes the file, over one that exists. The path was checked by who asked for it (it may be a `/proc/self/fd/…` that
    /// stands for a file opened with care, so links are followed).
    package init(path: String, channels: Int) throws(AudioError) {
        self.path = path
        self.channels = channels
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK, 0o640)
        guard descriptor >= 0 else {
            throw .unwritableFile(path: path, detail: String(cString: strerror(errno)))
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .unwritableFile(path: path, detail: "it is not a regular file")
        }
        do {
            try fixHeader()
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit {
        close(descriptor)
    }

    /// Appends little-endian samples. Past 4 GiB, where the header's lengths end, nothing more is written.
    package func append(_ samples: UnsafeRawBufferPointer) throws(AudioError) {
        guard dataLength + samples.count <= Int(UInt32.max) - WAVWriter.headerLength else {
            throw .unwritableFile(path: path, detail: "a WAV file cannot be longer than 4 GiB")
        }
        try write(samples, at: WAVWriter.headerLength + dataLength)
        dataLength += samples.count
    }

    /// Writes how much there is by now into the header.
    package func fixHeader() throws(AudioError) {
        guard knownLength != dataLength else { return }
        let header = header()
        var failure: AudioError?
        header.withUnsafeBytes { bytes in
            do throws(AudioError) { try write(bytes, at: 0) } catch { failure = error }
        }
        if let failure { throw failure }
        knownLength = dataLength
    }

    private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(AudioError) {
        var written = 0
        while written < bytes.count, let start = bytes.baseAddress {
            let count = pwrite(descriptor, start + written, bytes.count - written, offset + written)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw .unwritableFile(path: path, detail: String(cString: strerror(errno)))
            }
            written += count
        }
    }

    private func header() -> [UInt8] {
        var bytes: [UInt8] = []
        func put32(_ value: Int) { withUnsafeBytes(of: UInt32(value).littleEndian) { bytes.append(contentsOf: $0) } }
        func put16(_ value: Int) { withUnsafeBytes(of: UInt16(value).littleEndian) { bytes.append(contentsOf: $0) } }
        bytes.append(contentsOf: "RIFF".utf8)
        put32(dataLength + WAVWriter.headerLength - 8)
        bytes.append(contentsOf: "WAVEfmt ".utf8)
        put32(16)
        put16(1)
        put16(channels)
        put32(AudioLimits.sampleRate)
        put32(AudioLimits.sampleRate * channels * 2)
        put16(channels * 2)
        put16(16)
        bytes.append(contentsOf: "data".utf8)
        put32(dataLength)
        return bytes
    }
}
