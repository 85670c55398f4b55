import RTP
import Testing
import Transport
import VoiceEngine

@Suite struct PacketizerTests {
    private var random = RandomSource.seeded(7)
    private var map = HeaderExtensionMap()

    init() {
        map[.audioLevel] = 1
        map[.mid] = 4
        map[.transportSequenceNumber] = 3
        map[.absoluteCaptureTime] = 5
    }

    private func frame(_ timestamp: UInt32, _ capture: Int64, _ extensions: RTPHeaderExtensions) -> Packetizer.Frame {
        Packetizer.Frame(
            marker: timestamp == 0, timestamp: timestamp, captureTime: MonotonicTime(nanoseconds: capture),
            payloadLength: 80, extensions: extensions)
    }

    @Test mutating func headersSayWhatTheFrameSays() throws {
        var packetizer = Packetizer(random: &random)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 128, alignment: 8)
        defer { buffer.deallocate() }
        let extensions = RTPHeaderExtensions(
            audioLevel: AudioLevel(level: 30, voiceActivity: true), mid: MediaIdentifier("2"),
            transportSequenceNumber: 9, absoluteCaptureTime: AbsoluteCaptureTime(time: NTPTime(77)))
        var headers: [RTPHeader] = []
        for index in UInt32(0)..<3 {
            let result = packetizer.write(
                frame(index * 960, Int64(index) * 20_000_000, extensions), payloadType: 111, map: map, into: buffer)
            let written = try #require(result)
            let packet = UnsafeRawBufferPointer(rebasing: buffer[..<written.length])
            let header = try #require(RTPHeader(packet))
            #expect(header.sequenceNumber == written.sequenceNumber)
            #expect(RTPHeaderExtensions(header, packet, map: map) == extensions)
            headers.append(header)
        }
        #expect(headers.map(\.marker) == [true, false, false])
        #expect(headers.allSatisfy { $0.ssrc == packetizer.ssrc && $0.payloadType == 111 })
        #expect(headers[1].timestamp == headers[0].timestamp &+ 960)
        #expect(headers[2].sequenceNumber == headers[0].sequenceNumber &+ 2)
        #expect(headers[0].sequenceNumber == packetizer.firstSequenceNumber)
        #expect(packetizer.packetCount == 3)
        #expect(packetizer.octetCount == 240)
        // Half a frame after the newest capture.
        #expect(
            packetizer.timestamp(at: MonotonicTime(nanoseconds: 50_000_000)) == headers[2].timestamp &+ 480)
    }

    @Test mutating func everyStreamBeginsSomewhereElse() {
        let first = Packetizer(random: &random)
        let second = Packetizer(random: &random)
        #expect(first.ssrc != second.ssrc)
        #expect(first.sequenceNumber < 0x8000 && second.sequenceNumber < 0x8000)
        #expect(first.timestamp(at: .zero) == nil)
    }

    @Test mutating func aBufferThatIsTooSmallCostsNoNumber() {
        var packetizer = Packetizer(random: &random)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 8, alignment: 8)
        defer { buffer.deallocate() }
        let written = packetizer.write(frame(0, 0, RTPHeaderExtensions()), payloadType: 111, map: map, into: buffer)
        #expect(written == nil)
        #expect(packetizer.packetCount == 0)
    }

    @Test func historyGivesBackWhatWasSent() throws {
        let history = SentPacketHistory()
        for number in UInt16(65_500)...65_535 { store(history, number) }
        for number in UInt16(0)..<20 { store(history, number) }
        for number in [UInt16(65_500), 65_535, 0, 19] {
            let packet = try #require(history.packet(number))
            #expect(packet.elementsEqual(bytes(number)))
        }
        for number in UInt16(20)..<84 { store(history, number) }
        #expect(history.packet(65_535) == nil)
        #expect(history.packet(19) == nil)
        #expect(history.packet(83) != nil)
    }

    private func bytes(_ number: UInt16) -> [UInt8] {
        [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 50 + Int(number % 40))
    }

    private func store(_ history: SentPacketHistory, _ number: UInt16) {
        bytes(number).withUnsafeBytes { history.store($0, sequenceNumber: number) }
    }
}
