/// What may stand at the session's level or at a section's and describes the transport: the section's value counts,
/// else the session's.
package struct TransportDescription: Hashable, Sendable {
    package var iceUfrag: String?
    package var icePassword: String?
    package var iceOptions: [String] = []
    package var fingerprints: [SDPFingerprint] = []
    package var setup: SDPSetup?

    package init() {}

    /// These values, and `session`'s where there are none.
    package func inheriting(_ session: TransportDescription) -> TransportDescription {
        var merged = self
        if merged.iceUfrag == nil, merged.icePassword == nil {
            merged.iceUfrag = session.iceUfrag
            merged.icePassword = session.icePassword
        }
        if merged.iceOptions.isEmpty { merged.iceOptions = session.iceOptions }
        if merged.fingerprints.isEmpty { merged.fingerprints = session.fingerprints }
        if merged.setup == nil { merged.setup = session.setup }
        return merged
    }
}
