/// The report blocks of a sender or receiver report: a view of the packet, valid as long as its memory is.
package struct RTCPReportBlocks: Sequence, IteratorProtocol {
    private let data: UnsafeRawBufferPointer
    private var offset = 0

    /// `data` holds whole blocks.
    init(_ data: UnsafeRawBufferPointer) {
        self.data = data
    }

    /// How many blocks there are, 0…31.
    package var count: Int { data.count / RTCPReportBlock.length }

    package mutating func next() -> RTCPReportBlock? {
        guard offset + RTCPReportBlock.length <= data.count else { return nil }
        defer { offset += RTCPReportBlock.length }
        return RTCPReportBlock(data.part(offset, RTCPReportBlock.length))
    }
}
