import RTP
import Testing
import Transport

struct TransportFeedbackTests {
    /// Everything that the feedbacks in `bytes` say, in order.
    private func results(_ bytes: [UInt8]) throws -> [TransportFeedback.Result] {
        var results: [TransportFeedback.Result] = []
        try withExactMemory(bytes) { memory -> Result<Void, any Error> in
            Result {
                var reader = RTCPCompoundReader(UnsafeRawBufferPointer(memory))
                while let packet = reader.next() {
                    guard case .transportFeedback(let feedback) = packet else {
                        Issue.record("another packet than feedback")
                        return
                    }
                    #expect(feedback.senderSSRC == 1)
                    #expect(feedback.mediaSSRC == 2)
                    results += Array(feedback)
                }
                #expect(!reader.isMalformed)
            }
        }.get()
        return results
    }

    private func feedback(_ recorder: inout TransportArrivalRecorder, capacity: Int = 1200) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while recorder.hasPending {
            var buffer = [UInt8](repeating: 0xEE, count: capacity)
            var wrote = false
            let length = buffer.withUnsafeMutableBytes {
                var writer = RTCPWriter($0)
                wrote = recorder.writeFeedback(into: &writer, senderSSRC: 1, mediaSSRC: 2)
                return writer.length
            }
            guard wrote else { break }
            bytes += buffer[..<length]
        }
        return bytes
    }

    @Test func arrivalsGoRound() throws {
        var recorder = TransportArrivalRecorder()
        recorder.record(sequenceNumber: 65534, arrivalNanoseconds: 1_000_000_000)
        recorder.record(sequenceNumber: 65535, arrivalNanoseconds: 1_000_250_000)
        recorder.record(sequenceNumber: 2, arrivalNanoseconds: 1_100_000_000)
        recorder.record(sequenceNumber: 1, arrivalNanoseconds: 1_150_000_000)
        recorder.record(sequenceNumber: 1, arrivalNanoseconds: 9_000_000_000)
        let results = try results(feedback(&recorder))
        #expect(
            results == [
                .init(sequenceNumber: 65534, arrivalTicks: 4000), .init(sequenceNumber: 65535, arrivalTicks: 4001),
                .init(sequenceNumber: 0, arrivalTicks: nil), .init(sequenceNumber: 1, arrivalTicks: 4600),
                .init(sequenceNumber: 2, arrivalTicks: 4400),
            ])
        let pending = recorder.hasPending
        #expect(!pending)
    }

    /// A packet as libwebrtc writes it: run of two small deltas, a two-bit vector, and a one-bit vector.
    @Test func chunksOfAllKindsAreRead() throws {
        let bytes = hex(
            """
            8fcd0008 00000001 00000002 000a0017 000001 05
            2002 d240 a800 01 02 03 ff9c 04 05 06 0000
            """)
        let ticks: [Int64?] = [257, 259, 262, nil, 162, 166, nil, nil, nil, 171, nil, 177]
        let results = try results(bytes)
        try #require(results.count == 23)
        #expect(results[0].sequenceNumber == 10)
        #expect(results.prefix(12).map(\.arrivalTicks) == ticks)
        #expect(results.dropFirst(12).allSatisfy { $0.arrivalTicks == nil })
    }

    @Test(arguments: 0..<20)
    func randomArrivalsGoRound(_ seed: Int) throws {
        var random = RandomSource.seeded(UInt64(seed))
        var recorder = TransportArrivalRecorder()
        var truth: [Int64: Int64] = [:]
        var number = Int64.random(in: 0..<65536, using: &random)
        var time: Int64 = 5_000_000_000
        var reported: [TransportFeedback.Result] = []
        for _ in 0..<10 {
            for _ in 0..<Int.random(in: 1...300, using: &random) {
                number += Int64.random(in: 0..<10, using: &random) == 0 ? Int64.random(in: 1...12, using: &random) : 1
                time += Int64.random(in: 0...90_000_000, using: &random)
                if Int.random(in: 0..<100, using: &random) == 0 { time += 20_000_000_000 }
                recorder.record(sequenceNumber: UInt16(truncatingIfNeeded: number), arrivalNanoseconds: time)
                truth[number] = time / TransportFeedback.tickNanoseconds
            }
            reported += try results(feedback(&recorder, capacity: Int.random(in: 24...1200, using: &random)))
        }
        var unwrapper = SequenceUnwrapper()
        let first = try #require(truth.keys.min())
        _ = unwrapper.unwrap(UInt16(truncatingIfNeeded: first))
        let offset = try #require(unwrapper.last)
        for result in reported {
            let number = unwrapper.unwrap(result.sequenceNumber) - offset + first
            #expect(result.arrivalTicks == truth.removeValue(forKey: number))
        }
        #expect(truth.isEmpty)
    }

    @Test func aSenderThatBeginsAnewIsFollowed() throws {
        var recorder = TransportArrivalRecorder()
        recorder.record(sequenceNumber: 10, arrivalNanoseconds: 0)
        recorder.record(sequenceNumber: 20_000, arrivalNanoseconds: 1_000_000)
        #expect(try results(feedback(&recorder)) == [.init(sequenceNumber: 20_000, arrivalTicks: 4)])
        // Late news about what was reported is left out.
        recorder.record(sequenceNumber: 19_999, arrivalNanoseconds: 2_000_000)
        let pending = recorder.hasPending
        #expect(!pending)
    }

    @Test func withoutRoomNothingIsWritten() {
        var recorder = TransportArrivalRecorder()
        recorder.record(sequenceNumber: 1, arrivalNanoseconds: 0)
        for capacity in 0..<24 {
            var buffer = [UInt8](repeating: 0, count: capacity)
            buffer.withUnsafeMutableBytes {
                var writer = RTCPWriter($0)
                let wrote = recorder.writeFeedback(into: &writer, senderSSRC: 1, mediaSSRC: 2)
                #expect(!wrote)
                #expect(writer.length == 0)
            }
        }
        let pending = recorder.hasPending
        #expect(pending)
    }
}
