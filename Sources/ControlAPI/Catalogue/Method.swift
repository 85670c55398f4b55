import JSONRPC

/// One method: what it is called with, what it gives, and what it does. Checks, dispatch, suggestions and the OpenRPC
/// document all come from here.
package struct Method<Context: Sendable>: Sendable {
    /// A call whose parameters have been checked.
    package struct Call: Sendable {
        package let context: Context
        package let params: JSONObject
        package let connection: any ConnectionFace

        /// A reader of the parameters; it has nothing left to refuse.
        package var reader: JSONReader { JSONReader(params) }
    }

    package typealias Handler = nonisolated(nonsending) @Sendable (Call) async throws -> Reply

    package let name: String
    /// Other names that mean the same.
    package let aliases: [String]
    /// One sentence for people.
    package let summary: String
    package let parameters: [Parameter]
    /// The members of the result beside `seq`, for people and tools.
    package let result: [Parameter]
    /// Errors that a caller should expect, beyond the standard ones.
    package let errors: [ErrorDescription]
    /// Whether the call takes `wait` and may last.
    package let isLongRunning: Bool
    /// What a call of it means for what is taken up again after a restart.
    package let memory: CallMemory
    let handler: Handler

    package init(
        _ name: String, aliases: [String] = [], _ summary: String, parameters: [Parameter] = [],
        result: [Parameter] = [], errors: [ErrorDescription] = [], isLongRunning: Bool = false,
        memory: CallMemory = .none, handler: @escaping Handler
    ) {
        self.name = name
        self.aliases = aliases
        self.summary = summary
        self.parameters = parameters
        self.result = result
        self.errors = errors
        self.isLongRunning = isLongRunning
        self.memory = memory
        self.handler = handler
    }
}
