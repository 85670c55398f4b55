import RTP

/// Finds the section of an RTP packet (RFC 9143, section 9.2): by SSRC if it was announced or learnt, else by the mid
/// extension, else by there being only one section that receives. Looking up allocates nothing; learning is bounded.
struct StreamDemultiplexer {
    /// How many SSRCs are learnt at most: more than sections have streams at a time.
    static let maximumLearned = 512

    private var announced: [UInt32: Int] = [:]
    private var learned: [UInt32: Int] = [:]
    private var mids: [MediaIdentifier: Int] = [:]
    private var midExtension: UInt8?
    private var onlySection: Int?

    /// Takes over a new agreement. What was learnt stays as far as its section still receives, since a sender may stop
    /// sending the mid extension once it has been heard.
    mutating func update(_ sections: [NegotiatedSection]) {
        announced.removeAll(keepingCapacity: true)
        mids.removeAll(keepingCapacity: true)
        midExtension = nil
        let receiving = sections.filter(\.direction.receives)
        for section in receiving {
            for ssrc in section.remoteSSRCs { announced[ssrc] = section.index }
            if let mid = MediaIdentifier(section.mid) { mids[mid] = section.index }
            if midExtension == nil { midExtension = section.extensions[.mid] }
        }
        onlySection = receiving.count == 1 ? receiving[0].index : nil
        learned = learned.filter { entry in receiving.contains { $0.index == entry.value } }
    }

    /// The section of an authenticated packet, nil if there is none.
    mutating func section(of header: RTPHeader, _ packet: UnsafeRawBufferPointer) -> Int? {
        if let section = announced[header.ssrc] { return section }
        if let section = learned[header.ssrc] { return section }
        guard let section = sectionByMid(header, packet) ?? onlySection else { return nil }
        if learned.count >= Self.maximumLearned { learned.removeAll(keepingCapacity: true) }
        learned[header.ssrc] = section
        return section
    }

    private func sectionByMid(_ header: RTPHeader, _ packet: UnsafeRawBufferPointer) -> Int? {
        guard let midExtension else { return nil }
        var reader = HeaderExtensionReader(header, packet)
        while let element = reader.next() {
            if element.identifier == midExtension, let mid = MediaIdentifier(element.data) { return mids[mid] }
        }
        return nil
    }
}
