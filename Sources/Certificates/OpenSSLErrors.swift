import COpenSSL

/// OpenSSL's queue of errors, which is kept per thread and must be emptied before a call whose result is looked at.
package enum OpenSSLErrors {
    package static func clear() {
        ERR_clear_error()
    }

    /// Empties the queue.
    ///
    /// - Returns: the reason of the latest error, in OpenSSL's words.
    package static func takeLast() -> String {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        guard let reason = ERR_reason_error_string(code) else { return "unknown reason (\(code))" }
        return String(cString: reason)
    }
}
