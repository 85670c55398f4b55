import Logging
import Transport

/// What a media side is made from.
package struct MediaSetup: Sendable {
    /// The address and UDP port to bind.
    package let listen: TransportAddress
    /// Addresses to put into candidates instead; port 0 means the bound one.
    package let advertise: [TransportAddress]
    /// Threads; nil: one for each core.
    package let workers: Int?
    package let logger: Logger
}
