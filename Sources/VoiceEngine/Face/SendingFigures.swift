/// What published streams do at present about lost packets and about lines that take less than is wanted.
package struct SendingFigures: Sendable, Equatable {
    /// Copies of earlier frames that go along with each packet (RFC 2198), of the stream with most.
    package var copies = 0
    /// Packets that had copies with them, since the present transports were made.
    package var packetsWithCopies: UInt64 = 0
    /// What an encoder may take, bits per second, of the stream with least; nil while nothing is published.
    package var targetBitrate: Int?
    /// What the path to the room server is taken to be good for, bits per second with all headers; nil: for all that is
    /// wanted.
    package var pathBitrate: Int?
    /// What the lines of the listeners are taken to be good for by the room server, bits per second with all headers, of
    /// the stream with least; nil: for all that is sent.
    package var listenerBitrate: Int?

    package init() {}
}
