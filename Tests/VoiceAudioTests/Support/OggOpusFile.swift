import COgg
import VoiceAudio

/// An Ogg Opus file as libogg and libopus read it, as far as it goes.
struct OggOpusFile {
    var preSkip = 0
    var channels = 0
    /// Of the last page that is whole: samples up to its end, the pre-skip left out.
    var duration = 0
    /// The last page says that it is the last.
    var isComplete = false
    /// Pages whose checksum is wrong, or bytes between pages.
    var isDamaged = false
    /// Decoded, without the pre-skip and what stands behind the end.
    var samples: [Float] = []

    init(_ bytes: [UInt8]) throws {
        var sync = ogg_sync_state()
        var stream = ogg_stream_state()
        ogg_sync_init(&sync)
        defer { ogg_sync_clear(&sync) }
        guard let buffer = ogg_sync_buffer(&sync, bytes.count) else { return }
        for (index, byte) in bytes.enumerated() { buffer[index] = CChar(bitPattern: byte) }
        ogg_sync_wrote(&sync, bytes.count)
        var page = ogg_page()
        var packets: [[UInt8]] = []
        var isOpen = false
        defer { if isOpen { ogg_stream_clear(&stream) } }
        while true {
            let found = ogg_sync_pageout(&sync, &page)
            if found < 0 {
                isDamaged = true
                continue
            }
            guard found > 0 else { break }
            if ogg_page_bos(&page) != 0 {
                ogg_stream_init(&stream, ogg_page_serialno(&page))
                isOpen = true
            }
            ogg_stream_pagein(&stream, &page)
            var packet = ogg_packet()
            while true {
                let got = ogg_stream_packetout(&stream, &packet)
                if got < 0 { isDamaged = true }
                guard got > 0 else { break }
                packets.append(Array(UnsafeBufferPointer(start: packet.packet, count: packet.bytes)))
            }
            duration = max(0, Int(ogg_page_granulepos(&page)) - preSkipOf(packets))
            isComplete = ogg_page_eos(&page) != 0
        }
        preSkip = preSkipOf(packets)
        channels = packets.first.map { Int($0[9]) } ?? 0
        try decode(packets.dropFirst(2))
    }

    private func preSkipOf(_ packets: [[UInt8]]) -> Int {
        guard let head = packets.first, head.count >= 19, head.prefix(8).elementsEqual("OpusHead".utf8) else {
            return 0
        }
        return Int(head[10]) | Int(head[11]) << 8
    }

    private mutating func decode(_ packets: ArraySlice<[UInt8]>) throws {
        guard channels > 0 else { return }
        var decoder = try VoiceDecoder.make(channels: channels)
        var block = [Float](repeating: 0, count: VoiceDecoder.maximumSamples * channels)
        var decoded: [Float] = []
        for packet in packets {
            let count = packet.withUnsafeBytes { bytes in
                block.withUnsafeMutableBufferPointer { decoder.decode(bytes, into: $0.baseAddress!) }
            }
            guard let count else { continue }
            decoded += block.prefix(count * channels)
        }
        samples = Array(decoded.dropFirst(preSkip * channels).prefix(duration * channels))
    }
}
