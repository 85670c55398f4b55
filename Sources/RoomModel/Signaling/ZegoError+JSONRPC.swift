package import JSONRPC

extension ZegoError {
    /// The error of a reply: the SDK's number, a line for people, `data.name` and `data.hint`.
    package var rpcError: JSONRPCError {
        JSONRPCError(
            code: code.number, message: message, data: ["name": .string(code.name), "hint": .string(hint)])
    }

    /// The error of a reply, as a client reads it.
    package init(_ error: JSONRPCError) {
        self.init(number: error.code, message: error.message)
    }
}
