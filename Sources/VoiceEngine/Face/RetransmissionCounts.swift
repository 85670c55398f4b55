/// Repairs of lost packets (generic NACK, RFC 4585; copies in later packets, RFC 2198) since the present transport to the room server was made.
package struct RetransmissionCounts: Sendable, Equatable {
    /// Published packets that were sent again.
    package var sent: UInt64 = 0
    /// Packets that were asked for, each time.
    package var requested: UInt64 = 0
    /// Packets that came after they had been asked for.
    package var recovered: UInt64 = 0

    /// Packets that were missing and came as copies inside later ones.
    package var repairedByCopies: UInt64 = 0

    package init() {}
}
