import Transport

/// A STUN message to be sent, not yet in bytes: it is written when the caller has a buffer for it, so that answering a
/// check allocates nothing.
struct OutgoingSTUN {
    enum Content {
        case success(STUNKey)
        case error(STUNKey, STUNErrorCode, unknownAttribute: UInt16)
        /// Asks a STUN server what address it sees.
        case question
        case check(ICECheckContent)
    }

    let transactionID: STUNTransactionID
    let path: TransportTuple
    let content: Content

    func write(into buffer: UnsafeMutableRawBufferPointer) -> ControlDatagram {
        var writer: STUNWriter
        switch content {
        case .success(let key):
            writer = STUNWriter(buffer, .success, transactionID)
            writer.addXORMappedAddress(path.remote)
            writer.addIntegrity(key)
        case .error(let key, let code, let unknownAttribute):
            writer = STUNWriter(buffer, .error, transactionID)
            writer.addErrorCode(code)
            if unknownAttribute != 0 { writer.addUnknownAttribute(unknownAttribute) }
            writer.addIntegrity(key)
        case .question:
            writer = STUNWriter(buffer, .request, transactionID)
        case .check(let check):
            writer = STUNWriter(buffer, .request, transactionID)
            writer.addUsername(check.username)
            writer.addPriority(check.priority)
            writer.addRole(controlling: check.isControlling, tieBreaker: check.tieBreaker)
            if check.useCandidate { writer.addUseCandidate() }
            writer.addIntegrity(check.key)
        }
        writer.addFingerprint()
        return ControlDatagram(length: writer.length, path: path)
    }
}

/// What a connectivity check says (RFC 8445, section 7.1).
struct ICECheckContent {
    let username: [UInt8]
    let key: STUNKey
    let priority: UInt32
    let isControlling: Bool
    let tieBreaker: UInt64
    let useCandidate: Bool
}
