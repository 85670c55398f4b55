import Glibc

/// Judges recordings by PESQ, wide band (ITU-T P.862.2), with the Python package `pesq`: one process for all of them.
package struct PESQScorer: ~Copyable {
    /// Why there is no score.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Around the place where the pass is expected, samples at 48 kHz.
    private static let reach = 24_000

    private let process: pid_t
    private let descriptor: Int32
    private var references: [Range<Int>: String] = [:]

    /// Starts the Python interpreter at `python`, which has the packages `pesq`, `numpy` and `scipy`.
    package init(python: String) throws(Failure) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw Failure(description: "no socket: \(String(cString: strerror(errno)))")
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let words: [String] = [python, "-c", Self.script]
        let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        var process = pid_t()
        let code = posix_spawnp(&process, python, &actions, nil, arguments, environ)
        close(ends[1])
        guard code == 0 else {
            close(ends[0])
            throw Failure(description: "\(python) does not start: \(String(cString: strerror(code)))")
        }
        self.process = process
        descriptor = ends[0]
    }

    deinit {
        // It ends when there is nothing more to read.
        close(descriptor)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
    }

    /// The mean score of a programme's passes in what was heard of it.
    /// - Parameter delay: by how much what was heard lags behind, about, samples; half a second more or less is found.
    package mutating func score(_ heard: [Float], of programme: SpeechProgramme, delay: Int) throws(Failure) -> Double {
        var sum = 0.0
        for pass in programme.passes {
            let name = try reference(pass, of: programme)
            let start = max(pass.lowerBound + delay - Self.reach, 0)
            let end = min(pass.upperBound + delay + Self.reach, heard.count)
            guard end - start >= pass.count else { throw Failure(description: "a recording is shorter than its voice") }
            try send("score \(name)", heard[start..<end])
            sum += try answer()
        }
        return sum / Double(max(programme.passes.count, 1))
    }

    private mutating func reference(_ pass: Range<Int>, of programme: SpeechProgramme) throws(Failure) -> String {
        if let name = references[pass] { return name }
        let name = "voice\(references.count)"
        references[pass] = name
        try send("reference \(name)", programme.samples[pass])
        return name
    }

    private func send(_ request: String, _ samples: ArraySlice<Float>) throws(Failure) {
        var bytes = Array("\(request) \(samples.count)\n".utf8)
        samples.withUnsafeBytes { bytes += $0 }
        let sent = bytes.withUnsafeBytes { bytes in
            var offset = 0
            while offset < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
                let count = Glibc.send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                offset += count
            }
            return true
        }
        guard sent else { throw Self.ended }
    }

    private func answer() throws(Failure) -> Double {
        var line: [UInt8] = []
        while true {
            var byte: UInt8 = 0
            let count = recv(descriptor, &byte, 1, 0)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { throw Self.ended }
            if byte == 0x0A { break }
            line.append(byte)
        }
        guard let value = Double(String(decoding: line, as: UTF8.self)) else {
            throw Failure(description: "the scorer answers \(String(decoding: line, as: UTF8.self))")
        }
        return value
    }

    private static let ended = Failure(
        description: "the scorer ended (see above): its Python needs the packages pesq, numpy and scipy")

    /// Each request is a line "reference NAME COUNT" or "score NAME COUNT" with so many floats at 48 kHz behind it.
    private static let script = """
        from sys import stdin
        from numpy import argmax, float64, frombuffer
        from pesq import NoUtterancesError, pesq
        from scipy.signal import fftconvolve, resample_poly

        references = {}
        for line in iter(stdin.buffer.readline, b""):
            word, name, count = line.split()
            samples = frombuffer(stdin.buffer.read(4 * int(count)), "<f4").astype(float64)
            samples = resample_poly(samples, 1, 3)
            if word == b"reference":
                references[name] = samples
                continue
            reference = references[name]
            at = int(argmax(fftconvolve(samples, reference[::-1], mode="valid")))
            try:
                score = float(pesq(16000, reference, samples[at : at + len(reference)], "wb"))
            except NoUtterancesError:
                score = 1.0
            print(score, flush=True)
        """
}
