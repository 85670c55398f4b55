import COgg
import Glibc
import Transport

/// Writes Opus packets into an Ogg file (RFC 7845) that can be played whatever becomes of its writer: pages leave whole,
/// each time ``flush()`` is called.
final class OggOpusWriter {
    private static let vendor = "libopus"
    private static let comments = ["ENCODER=zegod"]

    let file: OutputFile
    private var stream = ogg_stream_state()
    private var length = 0
    private var packets: Int64 = 0

    /// Makes the file and writes the two header pages.
    /// - Parameter preSkip: samples of the encoder's look-ahead, which players leave out.
    init(path: String, channels: Int, preSkip: Int) throws(AudioError) {
        file = try OutputFile(path: path)
        var random = RandomSource.system
        guard ogg_stream_init(&stream, Int32.random(in: 1...Int32.max, using: &random)) == 0 else {
            throw .codec(detail: "no memory for an Ogg stream")
        }
        try append(OggOpusWriter.head(channels: channels, preSkip: preSkip), position: 0, isLast: false)
        try flush()
        try append(OggOpusWriter.tags(), position: 0, isLast: false)
        try flush()
    }

    deinit {
        ogg_stream_clear(&stream)
    }

    /// Appends a packet; `position` counts the samples up to its end, the pre-skip among them.
    func append(_ packet: UnsafeRawBufferPointer, position: Int, isLast: Bool) throws(AudioError) {
        var description = ogg_packet()
        // libogg copies the bytes and changes nothing.
        description.packet = UnsafeMutablePointer(
            mutating: packet.baseAddress?.assumingMemoryBound(to: UInt8.self))
        description.bytes = packet.count
        description.b_o_s = packets == 0 ? 1 : 0
        description.e_o_s = isLast ? 1 : 0
        description.granulepos = Int64(position)
        description.packetno = packets
        packets += 1
        guard ogg_stream_packetin(&stream, &description) == 0 else { throw .codec(detail: "no memory for an Ogg page") }
        var page = ogg_page()
        while ogg_stream_pageout(&stream, &page) != 0 { try write(page) }
    }

    /// Writes what is there as pages.
    func flush() throws(AudioError) {
        var page = ogg_page()
        while ogg_stream_flush(&stream, &page) != 0 { try write(page) }
    }

    private func append(_ header: [UInt8], position: Int, isLast: Bool) throws(AudioError) {
        var failure: AudioError?
        header.withUnsafeBytes { raw in
            do throws(AudioError) { try append(raw, position: position, isLast: isLast) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private func write(_ page: ogg_page) throws(AudioError) {
        for (start, count) in [(page.header, page.header_len), (page.body, page.body_len)] {
            try file.write(UnsafeRawBufferPointer(start: start, count: count), at: length)
            length += count
        }
    }

    /// The identification header, RFC 7845 section 5.1.
    private static func head(channels: Int, preSkip: Int) -> [UInt8] {
        var bytes = Array("OpusHead".utf8)
        bytes += [1, UInt8(channels)]
        bytes += littleEndian(UInt16(preSkip))
        bytes += littleEndian(UInt32(AudioLimits.sampleRate))
        bytes += littleEndian(UInt16(0))
        bytes.append(0)
        return bytes
    }

    /// The comment header, RFC 7845 section 5.2.
    private static func tags() -> [UInt8] {
        var bytes = Array("OpusTags".utf8)
        func put(_ text: String) { bytes += littleEndian(UInt32(text.utf8.count)) + Array(text.utf8) }
        put(vendor)
        bytes += littleEndian(UInt32(comments.count))
        for comment in comments { put(comment) }
        return bytes
    }

    private static func littleEndian<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
