/// Which identifier (1…255, in practice 1…14) stands for which header extension in one direction of one media section,
/// as negotiated by `a=extmap` (RFC 8285 section 5). A plain value of four bytes, copied freely on media paths.
@frozen
package struct HeaderExtensionMap: Hashable, Sendable {
    // 0: not negotiated.
    @usableFromInline var audioLevel: UInt8 = 0
    @usableFromInline var mid: UInt8 = 0
    @usableFromInline var transportSequenceNumber: UInt8 = 0
    @usableFromInline var absoluteCaptureTime: UInt8 = 0

    /// No extension.
    @inlinable
    package init() {}

    /// The identifier of an extension, nil if it was not negotiated. Setting 0 or 15 (reserved) clears it; setting an
    /// identifier that another kind holds takes it away from that one.
    package subscript(kind: HeaderExtensionKind) -> UInt8? {
        @inlinable get {
            let identifier =
                switch kind {
                case .audioLevel: audioLevel
                case .mid: mid
                case .transportSequenceNumber: transportSequenceNumber
                case .absoluteCaptureTime: absoluteCaptureTime
                }
            return identifier == 0 ? nil : identifier
        }
        set {
            let identifier = newValue == 15 ? 0 : newValue ?? 0
            if identifier != 0, let holder = self.kind(of: identifier), holder != kind { self[holder] = nil }
            switch kind {
            case .audioLevel: audioLevel = identifier
            case .mid: mid = identifier
            case .transportSequenceNumber: transportSequenceNumber = identifier
            case .absoluteCaptureTime: absoluteCaptureTime = identifier
            }
        }
    }

    /// The extension that an identifier stands for; nil if none.
    @inlinable
    package func kind(of identifier: UInt8) -> HeaderExtensionKind? {
        guard identifier != 0 else { return nil }
        if identifier == audioLevel { return .audioLevel }
        if identifier == mid { return .mid }
        if identifier == transportSequenceNumber { return .transportSequenceNumber }
        if identifier == absoluteCaptureTime { return .absoluteCaptureTime }
        return nil
    }
}
