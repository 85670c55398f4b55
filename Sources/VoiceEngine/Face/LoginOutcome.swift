import JSONRPC

/// The answer of `loginRoom`; a refused login is thrown as a `ZegoError`.
package struct LoginOutcome: Sendable, Equatable {
    /// 0 when logged in, or when the call did not wait.
    package let errorCode: Int
    /// `roomSessionID`, once it is known.
    package let extendedData: JSONObject
    package let lastSeq: UInt64

    package init(errorCode: Int, extendedData: JSONObject, lastSeq: UInt64) {
        self.errorCode = errorCode
        self.extendedData = extendedData
        self.lastSeq = lastSeq
    }
}
